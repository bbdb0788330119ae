class RegisterUnavailableError(Exception):
    pass
