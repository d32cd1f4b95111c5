"""The phones page: every simulated client's phone, and a person may take one and answer as that client."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from world.people.engine import People
from world.people.person import Person
from world.telegram.photos import media_type

if TYPE_CHECKING:
    from world.context import World

NAME = "phones"
HERE = Path(__file__).parent
FILES = {"page.html": "text/html", "phones.js": "text/javascript", "phones.css": "text/css"}


def state(_world: "World") -> None:
    """The page keeps none: it shows the people's."""


def routes(world: "World") -> list[BaseRoute]:
    def people() -> People:
        return world.people

    async def page(_request: Request) -> Response:
        return FileResponse(HERE / "page.html", media_type="text/html")

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in FILES:
            return JSONResponse({"error": "no such file"}, status_code=404)
        return FileResponse(HERE / name, media_type=FILES[name])

    async def phones(_request: Request) -> Response:
        """The list of phones, most recently active first, and the simulated time."""
        listed = sorted(people().persons.values(), key=_last_active(people()), reverse=True)
        return JSONResponse(
            {
                "now": world.clock.now().isoformat(),
                "changes": people().changes,
                "phones": [_summary(people(), person) for person in listed],
            }
        )

    async def phone(request: Request) -> Response:
        person = people().persons.get(request.path_params["person"])
        if person is None:
            return JSONResponse({"error": "no such phone"}, status_code=404)
        thread = [bubble.as_json() for bubble in people().threads[person.person_id]]
        return JSONResponse({**_summary(people(), person), "thread": thread})

    async def picture(request: Request) -> Response:
        """A photo that a bot, named by its username, has sent. Without the bot's token, unlike Telegram's own files."""
        bot = world.telegram.bots.get(request.path_params["bot"])
        content = bot.files.get(request.path_params["file_id"], b"") if bot else b""
        if not content:
            return JSONResponse({"error": "no such picture"}, status_code=404)
        return Response(content, media_type=media_type(content))

    async def act(request: Request) -> Response:
        """hold | release | say {text, channel} | press {message_id, button_id}; errors name the field."""
        person = people().persons.get(request.path_params["person"])
        if person is None:
            return JSONResponse({"error": "no such phone"}, status_code=404)
        problem = _act(people(), person, request.path_params["verb"], await request.json())
        return JSONResponse(
            {"error": problem} if problem else {}, status_code=400 if problem else 200
        )

    return [
        Route("/phones", page),
        Route("/phones/files/{name}", asset),
        Route("/phones/pictures/{bot}/{file_id}", picture),
        Route("/phones/api/phones", phones),
        Route("/phones/api/phones/{person}", phone),
        Route("/phones/api/phones/{person}/{verb}", act, methods=["POST"]),
    ]


def _act(people: People, person: Person, verb: str, body: dict[str, Any]) -> str:
    """Answers what is wrong, or nothing."""
    if verb in ("hold", "release"):
        person.held = verb == "hold"
        people.changes += 1
        return ""
    person.held = True
    if verb == "say":
        words = str(body.get("text", "")).strip()
        if not words:
            return "text: is empty. Write what the client says"
        try:
            people.say(person, str(body.get("channel", "")), words)
        except LookupError:
            return "channel: nobody has written to this phone there yet. Wait for a message"
        return ""
    if verb == "press":
        wanted = str(body.get("message_id", ""))
        thread = people.threads[person.person_id]
        bubble = next((b for b in thread if b.message_id == wanted and not b.mine), None)
        if bubble is None:
            return "message_id: no such message on this phone. Reload the page"
        if not people.press(person, bubble, str(body.get("button_id", ""))):
            return "button_id: the message has no such button any more. Press another, or write"
        return ""
    return f"verb: {verb} is unknown. Use hold, release, say or press"


def _summary(people: People, person: Person) -> dict[str, Any]:
    thread = people.threads[person.person_id]
    last = thread[-1] if thread else None
    return {
        "id": person.person_id,
        "name": person.name,
        "language": person.language,
        "time_zone": person.time_zone,
        "held": person.held,
        "channels": [channel for channel, _ in person.addresses()],
        "messages": len(thread),
        "last": last.as_json() if last else None,
    }


def _last_active(people: People) -> Any:
    def key(person: Person) -> tuple[str, str]:
        thread = people.threads[person.person_id]
        return (thread[-1].at.isoformat() if thread else "", person.person_id)

    return key
