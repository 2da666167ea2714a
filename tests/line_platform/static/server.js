// The page's requests to the sandbox.
export async function state(user) {
  const answer = await fetch(`/sandbox/state?user=${encodeURIComponent(user ?? "")}`);
  return answer.json();
}

export async function post(path, content) {
  const answer = await fetch(`/sandbox/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(content),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

export async function sendPicture(user, file) {
  await fetch(`/sandbox/users/${user}/media`, {
    method: "POST",
    headers: { "Content-Type": file.type },
    body: file,
  });
}

// Calls back on every change, also after the connection was lost.
export function onChange(callback) {
  new EventSource("/sandbox/changes").addEventListener("message", callback);
}
