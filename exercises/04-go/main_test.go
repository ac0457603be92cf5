package main

import (
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const goodPicture = `{"url": "https://example.org/moon.jpg", "caption": "The Moon", "copyright": "A. Painter"}`

// api answers everything with one body and counts the visits it is told of.
type api struct {
	status int
	body   string
	asked  int
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.asked++
	w.WriteHeader(a.status)
	fmt.Fprint(w, a.body)
}

// show renders the page with the two APIs that these handlers are; nil is one that is down.
func show(t *testing.T, images, accesses *api) string {
	t.Helper()
	parsed, err := template.ParseFiles("index.html")
	if err != nil {
		t.Fatal(err)
	}
	shown := &gallery{imageURL: address(t, images), accessURL: address(t, accesses), client: newClient(), template: parsed}
	answer := httptest.NewRecorder()
	shown.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", nil))
	if answer.Code != http.StatusOK {
		t.Fatalf("status %d", answer.Code)
	}
	return answer.Body.String()
}

func address(t *testing.T, handler *api) string {
	t.Helper()
	if handler == nil {
		server := httptest.NewServer(http.NotFoundHandler())
		server.Close() // nothing listens there any more
		return server.URL
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func TestShowsThePictureAndLogsTheVisit(t *testing.T) {
	accesses := &api{status: 201}
	page := show(t, &api{status: 200, body: goodPicture}, accesses)
	for _, wanted := range []string{`src="https://example.org/moon.jpg"`, "The Moon", "A. Painter"} {
		if !strings.Contains(page, wanted) {
			t.Errorf("no %s in %s", wanted, page)
		}
	}
	if strings.Contains(page, `class="note"`) {
		t.Errorf("a note in %s", page)
	}
	if accesses.asked != 1 {
		t.Errorf("logged %d times", accesses.asked)
	}
}

func TestShowsAPictureThatComesWithTheAnswer(t *testing.T) {
	body := `{"url": "data:image/svg+xml,%3Csvg%3E", "caption": "Drawn"}`
	if page := show(t, &api{status: 200, body: body}, &api{status: 201}); !strings.Contains(page, `src="data:image/svg`) {
		t.Errorf("no picture in %s", page)
	}
}

func TestIsStillAPageWhenAnAPIIsDown(t *testing.T) {
	page := show(t, nil, nil)
	for _, wanted := range []string{"There is no picture just now", "This visit is not in the log"} {
		if !strings.Contains(page, wanted) {
			t.Errorf("no %q in %s", wanted, page)
		}
	}
	if page = show(t, &api{status: 200, body: goodPicture}, nil); !strings.Contains(page, "The Moon") {
		t.Errorf("no picture without the access API: %s", page)
	}
}

func TestIsStillAPageWhenTheImageAPIAnswersNonsense(t *testing.T) {
	for _, images := range []*api{
		{status: 500, body: goodPicture},
		{status: 200, body: ""},
		{status: 200, body: "<html>"},
		{status: 200, body: "null"},
		{status: 200, body: `["The Moon"]`},
		{status: 200, body: `{"caption": "The Moon"}`},
		{status: 200, body: `{"url": "https://example.org/moon.jpg"}`},
		{status: 200, body: `{"url": "javascript:alert(1)", "caption": "The Moon"}`},
		{status: 200, body: `{"url": "data:text/html,hello", "caption": "The Moon"}`},
		{status: 200, body: `{"url": 7, "caption": {}}`},
	} {
		page := show(t, images, &api{status: 201})
		if !strings.Contains(page, "There is no picture just now") || strings.Contains(page, "<img") {
			t.Errorf("%d %s gave %s", images.status, images.body, page)
		}
	}
}

func TestEscapesWhatComesFromOutside(t *testing.T) {
	body := `{"url": "https://example.org/\"onerror=\"alert(1)", "caption": "<script>alert(2)</script>", "copyright": "<b>"}`
	page := show(t, &api{status: 200, body: body}, &api{status: 201})
	for _, forbidden := range []string{`"onerror=`, "<script", "<b>"} {
		if strings.Contains(page, forbidden) {
			t.Errorf("%s in %s", forbidden, page)
		}
	}
}

func TestOtherPathsAndMethodsAreNoVisits(t *testing.T) {
	accesses := &api{status: 201}
	shown := &gallery{imageURL: address(t, nil), accessURL: address(t, accesses), client: newClient()}
	for _, ask := range []struct {
		method, path string
		status       int
	}{
		{http.MethodGet, "/favicon.ico", http.StatusNotFound},
		{http.MethodPost, "/", http.StatusMethodNotAllowed},
	} {
		answer := httptest.NewRecorder()
		shown.ServeHTTP(answer, httptest.NewRequest(ask.method, ask.path, nil))
		if answer.Code != ask.status {
			t.Errorf("%s %s: %d", ask.method, ask.path, answer.Code)
		}
	}
	if accesses.asked != 0 {
		t.Errorf("logged %d times", accesses.asked)
	}
}
