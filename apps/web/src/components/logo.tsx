import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { CompanySummary } from '../api.ts'
import { companyQuery, logoQuery } from '../queries.ts'
import { CompanyBadge } from './company-list.tsx'

/** A company's logo where it has one, else its first letter. */
export function CompanyLogo({ company, height = 28 }: { company: CompanySummary; height?: number }) {
  const updatedAt = useQuery(companyQuery(company)).data?.branding.logoUpdatedAt
  const logo = useQuery({ ...logoQuery(company, updatedAt ?? ''), enabled: Boolean(updatedAt) })
  return updatedAt && logo.data ? <Picture image={logo.data} height={height} /> : <CompanyBadge company={company} />
}

/** How many times wider than high a picture may be drawn. */
const widest = 4

/**
 * An image drawn rather than linked to: a link cannot say which company's logo it means, and the pages' content policy
 * lets no image in from a blob.
 */
export function Picture({ image, height }: { image: Blob; height: number }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    let wanted = true
    createImageBitmap(image).then(
      bitmap => {
        if (wanted && canvas.current) draw(canvas.current, bitmap, height)
        bitmap.close()
      },
      // The browser cannot read what the API took for an image; the name beside it says the same.
      () => {},
    )
    return () => {
      wanted = false
    }
  }, [image, height])
  return (
    <span className="logo" aria-hidden="true">
      <canvas ref={canvas} width="0" height="0" />
    </span>
  )
}

function draw(canvas: HTMLCanvasElement, bitmap: ImageBitmap, height: number) {
  const scale = Math.min(height / bitmap.height, (widest * height) / bitmap.width)
  const pixels = scale * window.devicePixelRatio
  canvas.width = Math.max(1, bitmap.width * pixels)
  canvas.height = Math.max(1, bitmap.height * pixels)
  canvas.style.height = `${bitmap.height * scale}px`
  const context = canvas.getContext('2d')
  if (!context) return
  context.imageSmoothingQuality = 'high'
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
}
