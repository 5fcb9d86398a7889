/** Says that somebody is at an incident. Resolves to null, or to why it could not be said. */
export async function acknowledge(id: number): Promise<string | null> {
  try {
    const answer = await fetch(`/api/v1/incidents/${id}/acknowledge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ author: 'web page' }),
    });
    if (answer.ok) return null;
    return messageOf(await answer.json(), answer.status);
  } catch {
    return 'The server does not answer. Try again.';
  }
}

function messageOf(body: unknown, status: number): string {
  if (typeof body === 'object' && body !== null && 'detail' in body && typeof body.detail === 'string') return body.detail;
  return `The server refused (${status}). Try again.`;
}
