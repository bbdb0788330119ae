request_id = "-"
