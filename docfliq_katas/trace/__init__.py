"""What happened during a lesson's requests, as a picture.

`record` runs inside the lesson's process and writes down what the probes saw (`model`); `take` starts that run;
`layout` says what is drawn where, and `terminal` and `page` draw it.
"""
