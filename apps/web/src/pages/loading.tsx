import { Mark } from '../components/mark.tsx'
import { texts } from '../texts.ts'

/** Shown when a page takes longer than a moment to arrive. */
export function LoadingPage() {
  return (
    <div className="loading" role="status" aria-label={texts.loading}>
      <Mark size={56} spinning />
    </div>
  )
}
