"""The register of sponsorship: what a coach did for another, who confirmed it."""
