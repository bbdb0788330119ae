"""Docfliq katas: the machinery that runs, judges and explains the lessons."""
