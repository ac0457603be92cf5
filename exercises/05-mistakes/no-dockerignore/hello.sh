echo 'Hello from a folder with more in it than the program'
