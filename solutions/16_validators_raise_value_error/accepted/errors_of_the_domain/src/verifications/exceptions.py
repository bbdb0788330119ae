class MalformedError(ValueError):
    pass


class UnknownLicenseError(ValueError):
    pass


class DateOrderError(ValueError):
    pass
