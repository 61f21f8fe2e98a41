"""Mails as they are sent: subject, text and HTML, made of the templates of notifications."""
