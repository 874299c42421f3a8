import { describe, expect, test } from "vitest";
import { firstPhoto, isGhostPhoto } from "./ghost-photos.ts";

const PHOTO =
  "https://media.licdn.com/dms/image/v2/C4D03AQF94uh8XHgkdQ/profile-displayphoto-shrink_400_400/0/1?e=1&t=x";

describe("placeholder pictures", () => {
  test.each([
    "https://static.licdn.com/aero-v1/sc/h/9c8pery4andzj6ohjkjp54ma2",
    "https://static-exp1.licdn.com/sc/h/244xhbkr7g40x6bsu4gi6q4ry",
    "https://static.licdn.com/scds/common/u/images/themes/katy/ghosts/person/ghost_person_200x200_v1.png",
    "https://media.licdn.com/aero-v1/sc/h/anything",
    "https://cdn.example/ghost-person.jpg",
    "https://cdn.example/img/default_avatar.png",
    "https://abs.twimg.com/sticky/default_profile_images/default_profile_400x400.png",
    "https://cdn.example/blank-profile-picture-973460_640.png",
    "https://cdn.example/no-photo.jpg",
    "https://cdn.example/u/placeholder-image/1",
    "https://cdn.example/silhouette.svg",
  ])("%s is one", (url) => {
    expect(isGhostPhoto(url)).toBe(true);
  });

  test.each([
    PHOTO,
    "https://media-exp1.licdn.com/dms/image/C5603AQF/profile-displayphoto-shrink_200_200/0",
    "https://cdn.example/ghostbusters-premiere.jpg",
    "https://cdn.example/default-avatars-team/jane.jpg",
    "https://cdn.example/photo.jpg?fallback=default_avatar",
    "https://static.licdn.com.evil.example/jane.jpg",
    "not an address",
  ])("%s is none", (url) => {
    expect(isGhostPhoto(url)).toBe(false);
  });

  test("the first address that can be a photo is taken", () => {
    expect(firstPhoto(undefined, "https://static.licdn.com/aero-v1/x", "data:image/gif;base64,R0lG", PHOTO)).toBe(
      PHOTO,
    );
    expect(firstPhoto("", "//cdn.example/a.jpg", "file:///etc/passwd", undefined)).toBeUndefined();
  });
});
