// lipsync.studio's own sample with another base URL, key and media: reads one JSON object from stdin, prints one.
//
// In: `base_url` (with `/api/v1`, as in the sample), `key`, `image_url`, `audio_url`, `webhook_url`, `file`. Imports nothing of
// the server.
import fs from "node:fs";

const given = JSON.parse(fs.readFileSync(0, "utf8"));
const API_KEY = `Bearer ${given.key}`;
const BASE_URL = given.base_url;

async function submit(endpoint, body, key = API_KEY) {
  const res = await fetch(`${BASE_URL}/${endpoint}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: key },
    body: JSON.stringify(body),
  });
  return [res.status, await res.json()];
}

async function job(id) {
  const res = await fetch(`${BASE_URL}/jobs/${id}`, { headers: { Authorization: API_KEY } });
  return [res.status, await res.json()];
}

const form = { image: given.image_url, audio: given.audio_url, resolution: "480p", seed: 42 };
const [, submitted] = await submit("lipsync-image", { webhook: given.webhook_url, formState: form });
let [, status] = await job(submitted.id);
while (status.status === "processing") {
  await new Promise((wake) => setTimeout(wake, 500));
  [, status] = await job(submitted.id);
}
if (status.status === "completed") {
  const video = await fetch(status.output);
  fs.writeFileSync(given.file, Buffer.from(await video.arrayBuffer()));
}
const refused = {
  "another size": await submit("lipsync-image", { formState: { ...form, resolution: "360p" } }),
  unknown: await job("550e8400-e29b-41d4-a716-446655440000"),
  "bad key": await submit("lipsync-image", { formState: form }, "Bearer sk_XXXX_YYYY"),
};
console.log(JSON.stringify({ submitted, status, refused }));
