from src.courses.enrolling import decide
from src.courses.schemas import Application, Course, Enrollment, Learner


def enroll(learner: Learner, course: Course, application: Application) -> Enrollment:
    return decide(learner, course, application)
