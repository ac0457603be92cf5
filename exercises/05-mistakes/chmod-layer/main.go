package main

import "fmt"

func main() {
	fmt.Println("Hello from a program that needs no compiler any more")
}
