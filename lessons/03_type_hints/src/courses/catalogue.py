from src.courses.models import Course, Lesson

# What partners may show before their doctors sign in; the editors change it with a release.
COURSES = (
    Course(
        slug="ecg-for-the-ward",
        title="ECG for the ward",
        price_paise=149_900,
        lessons=(
            Lesson(position=1, title="How to hold the strip", minutes=8, is_preview=True),
            Lesson(position=2, title="Rate and rhythm", minutes=25, is_preview=False),
            Lesson(position=3, title="A wide QRS", minutes=40, is_preview=False),
            Lesson(position=4, title="Blocks", minutes=35, is_preview=False),
            Lesson(position=5, title="Twelve strips", minutes=60, is_preview=True),
            Lesson(position=6, title="When to call", minutes=15, is_preview=False),
        ),
    ),
    Course(
        slug="fever-in-children",
        title="Fever in children",
        price_paise=0,
        lessons=(Lesson(position=1, title="The first hour", minutes=20, is_preview=True),),
    ),
)
