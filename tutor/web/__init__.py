"""The tutor in a browser: a small server that gives each tab an app process of its own, behind a secret address.

textual-serve brings the page's terminal (xterm.js) and the packets between it and the app. Its own server isn't used:
it lets in everyone who reaches the port, and its page asks another host for fonts.
"""
