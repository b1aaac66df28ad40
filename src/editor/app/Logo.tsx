/** Two curves that cross: generator and discriminator. */
export const Logo = ({ size = 20 }: { readonly size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 32 32" fill="none" strokeWidth={3} strokeLinecap="round" aria-hidden>
    <path d="M7 8c9 0 9 16 18 16" stroke="var(--loss)" />
    <path d="M7 24c9 0 9-16 18-16" stroke="var(--image)" />
    <g fill="var(--image)">
      <circle cx={7} cy={24} r={3.5} />
      <circle cx={25} cy={8} r={3.5} />
    </g>
    <g fill="var(--loss)">
      <circle cx={7} cy={8} r={3.5} />
      <circle cx={25} cy={24} r={3.5} />
    </g>
  </svg>
);
