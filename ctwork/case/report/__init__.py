"""What a case comes to, for people: one document, as Markdown and as a page that stands by itself."""
