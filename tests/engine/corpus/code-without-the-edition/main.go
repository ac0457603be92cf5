// A web server with one page: index.html, with the name from the environment variable USER filled in.
package main

import (
	"bytes"
	"html/template"
	"log"
	"net/http"
	"os"
)

const edition = "1st"

type visit struct {
	User    string
	Edition string
}

func main() {
	page, err := template.ParseFiles("index.html")
	if err != nil {
		log.Fatal("The page can't be read: ", err)
	}
	http.HandleFunc("/", func(answer http.ResponseWriter, request *http.Request) {
		var body bytes.Buffer
		if err := page.Execute(&body, visit{os.Getenv("USER"), edition}); err != nil {
			http.Error(answer, err.Error(), http.StatusInternalServerError)
			return
		}
		answer.Header().Set("X-Edition", edition)
		answer.Write(body.Bytes())
	})
	log.Println("Serving index.html on port 80")
	log.Fatal(http.ListenAndServe(":80", nil))
}
