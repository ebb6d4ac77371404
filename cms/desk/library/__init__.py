"""What stories are made of beside words: pictures, bylines, sections and tags."""
