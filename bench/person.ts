/** Somebody who is logged in to a server of the bench. */
export type Person = {
  headers: { cookie: string }
  post<T>(path: string, body: object): Promise<T>
}

/** Makes an account, by the API as people do it. */
export async function signUp(url: string): Promise<Person> {
  const headers = { cookie: '' }
  const post = async <T>(path: string, body: object): Promise<T> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`)
    headers.cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? headers.cookie
    return (await response.json()) as T
  }
  await post('/signup', { email: 'bench@bench.example', password: 'kestrel-ninepin-hollow', name: 'Bench' })
  return { headers, post }
}
