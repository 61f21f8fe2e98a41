"""`make mails`: every mail in every language, as text and HTML, in `instance/mails`, with a page that lists them."""

import argparse
import shutil
from html import escape
from pathlib import Path

from devtools.mail_samples import samples
from marketplace import clock, config
from marketplace.languages import LANGUAGES, Preferences, speaking
from marketplace.languages.preferences import PSEUDO
from marketplace.notifications.rendering import queries as rendering


def render(folder: Path) -> int:
    """Write every mail there, in place of what was there; how many."""
    shutil.rmtree(folder, ignore_errors=True)
    rows, count = [], 0
    for locale in [*LANGUAGES, PSEUDO]:
        (folder / locale).mkdir(parents=True)
        with speaking(Preferences(locale)):
            for number, (kind, context) in enumerate(samples()):
                name = f"{locale}/{number:03d}-{kind.replace('/', '-')}"
                mail = rendering.written(kind, context)
                (folder / f"{name}.html").write_text(mail["html"])
                (folder / f"{name}.txt").write_text(f"{mail['subject']}\n\n{mail['text']}")
                rows.append(f'<li><a href="{name}.html">{name}</a>: {escape(mail["subject"])}</li>')
                count += 1
    (folder / "index.html").write_text(
        f'<!doctype html><meta charset="utf-8"><title>Mails</title><ul>{"".join(rows)}</ul>'
    )
    return count


def main() -> None:
    """Render all of them and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("instance/mails"))
    folder = parser.parse_args().folder
    config.use(config.Settings(app_env="development"))
    clock.use(clock.Clock())
    print(f"{render(folder)} mails: {folder / 'index.html'}")


if __name__ == "__main__":
    main()
