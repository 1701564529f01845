"""Files, articles, zones, sentences, and what may be published of them."""
