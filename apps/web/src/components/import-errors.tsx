import type { ImportReport } from '../api.ts'
import { fileTexts as t } from '../file-texts.ts'

/** What is wrong with the lines of a file, as many as the API lists. */
export function ImportErrors({ report: { errors, rejected } }: { report: ImportReport }) {
  return (
    <div>
      {errors.length < rejected && <p className="hint">{t.firstErrors(errors.length)}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard */}
      <section className="import-errors" aria-label={t.problem} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.line}</th>
              <th scope="col">{t.problem}</th>
            </tr>
          </thead>
          <tbody>
            {errors.map(({ line, message }) => (
              <tr key={line}>
                <th scope="row">{new Intl.NumberFormat().format(line)}</th>
                <td>{message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  )
}
