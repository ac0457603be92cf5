// image-gallery: one page that shows the picture of another program, and tells a third one of each visit.
//
// Standard library only, and nothing in it that is newer than Go 1.13.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

const (
	imageTimeout  = 6 * time.Second // longer than the image API waits for its own source
	accessTimeout = 2 * time.Second
	answerLimit   = 1 << 20 // bytes of an API's answer that are read
)

// picture is what the image API answers.
type picture struct {
	URL       string `json:"url"`
	Caption   string `json:"caption"`
	Copyright string `json:"copyright"`
}

// Source is the address for the page's img element. The template would refuse a data: address,
// so it gets one that has been looked at: only web addresses and pictures, no scripts.
func (p picture) Source() template.URL {
	return template.URL(p.URL)
}

func (p picture) usable() bool {
	address := strings.ToLower(p.URL)
	known := strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://") ||
		strings.HasPrefix(address, "data:image/")
	return known && strings.TrimSpace(p.Caption) != ""
}

// page is what index.html shows: no picture when there is none to show, and then a note that says so.
type page struct {
	Picture *picture
	Notes   []string
}

type gallery struct {
	imageURL  string
	accessURL string
	client    *http.Client
	template  *template.Template
}

// newClient reaches its neighbours directly: they are on the same network, whatever proxy the machine has.
func newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{Proxy: nil, MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute}}
}

func (g *gallery) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This page can only be read.", http.StatusMethodNotAllowed)
		return
	}
	var rendered bytes.Buffer // a page that fails halfway must not be half sent
	if err := g.template.Execute(&rendered, g.visit(r.Context(), r.URL.Path)); err != nil {
		log.Printf("page: %v", err)
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if _, err := rendered.WriteTo(w); err != nil {
		log.Printf("page: %v", err)
	}
}

// visit asks both APIs at the same time. What one of them can't do becomes a note, never an error.
func (g *gallery) visit(ctx context.Context, path string) page {
	logged := make(chan error, 1)
	go func() { logged <- g.logVisit(ctx, path) }()

	var shown page
	if found, err := g.fetchPicture(ctx); err != nil {
		log.Printf("image API: %v", err)
		shown.Notes = append(shown.Notes, "There is no picture just now: the image API gave no answer that can be used.")
	} else {
		shown.Picture = found
	}
	if err := <-logged; err != nil {
		log.Printf("access API: %v", err)
		shown.Notes = append(shown.Notes, "This visit is not in the log: the access API did not take it.")
	}
	return shown
}

func (g *gallery) fetchPicture(ctx context.Context) (*picture, error) {
	answer, err := g.ask(ctx, imageTimeout, http.MethodGet, g.imageURL, nil)
	if err != nil {
		return nil, err
	}
	var found picture
	if err := json.Unmarshal(answer, &found); err != nil {
		return nil, err
	}
	if !found.usable() {
		return nil, errors.New("its answer has no picture")
	}
	return &found, nil
}

func (g *gallery) logVisit(ctx context.Context, path string) error {
	visit, err := json.Marshal(map[string]string{"page": path, "time": time.Now().UTC().Format(time.RFC3339)})
	if err != nil {
		return err
	}
	_, err = g.ask(ctx, accessTimeout, http.MethodPost, g.accessURL, bytes.NewReader(visit))
	return err
}

// ask gives the body of a good (2xx) answer; headers and body have to come within the time-out.
func (g *gallery) ask(ctx context.Context, limit time.Duration, method, url string, body io.Reader) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := g.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return nil, fmt.Errorf("%s", response.Status)
	}
	var answer bytes.Buffer
	_, err = io.Copy(&answer, io.LimitReader(response.Body, answerLimit))
	return answer.Bytes(), err
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// serve runs until the server fails, or a signal asks it to end; then visits under way get three seconds.
func serve(server *http.Server) error {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM, os.Interrupt) // a container's first process gets no default handling
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	select {
	case err := <-failed:
		return err
	case <-asked:
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		return server.Shutdown(ctx)
	}
}

func main() {
	parsed, err := template.ParseFiles("index.html")
	if err != nil {
		log.Fatal(err)
	}
	handler := &gallery{
		imageURL:  setting("IMAGE_API_URL", "http://iotd/image"),
		accessURL: setting("ACCESS_API_URL", "http://accesslog/access-log"),
		client:    newClient(),
		template:  parsed,
	}
	server := &http.Server{
		Addr:              ":" + setting("PORT", "80"),
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
	}
	log.Printf("listening on %s, pictures from %s, log at %s", server.Addr, handler.imageURL, handler.accessURL)
	if err := serve(server); err != nil && err != http.ErrServerClosed {
		log.Fatal(err)
	}
}
