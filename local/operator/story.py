"""A story that is played on this operator, and the wish to see it from its beginning again."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import Field

from local.operator.exchange import Exchange, Story
from local.operator.rest.form import exchange_of
from local.operator.views import View

router = APIRouter(tags=["story"])

The = Annotated[Exchange, Depends(exchange_of)]


class StoryView(View):
    name: Annotated[str, Field(min_length=1, max_length=80, description="what is played, for the page")]
    playing: bool
    again: Annotated[bool, Field(description="somebody wants it from its beginning again")] = False


@router.get("/story", summary="The story that is played here; null: none")
async def get_story(exchange: The) -> StoryView | None:
    return _view(exchange)


@router.put("/story", summary="Say which story is played, or that it is over")
async def tell_story(story: StoryView, exchange: The) -> StoryView | None:
    exchange.story = Story(story.name, story.playing)
    exchange.events.tell("story.told", story.name, playing=str(story.playing))
    return _view(exchange)


@router.delete("/story", status_code=204, summary="Say that no story is played here any more")
async def forget_story(exchange: The) -> None:
    exchange.story = None
    exchange.events.tell("story.forgotten", "")


@router.post("/story/again", status_code=202, summary="Ask for the story again, once it is over")
async def ask_again(exchange: The) -> StoryView | None:
    story = exchange.story
    if story is None or story.playing:
        raise HTTPException(409, "no story is over here")
    story.again = True
    exchange.events.tell("story.again", story.name)
    return _view(exchange)


def _view(exchange: Exchange) -> StoryView | None:
    story = exchange.story
    return StoryView(name=story.name, playing=story.playing, again=story.again) if story else None
