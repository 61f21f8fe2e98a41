"""Published answers: public as far as whoever asked has released them."""
