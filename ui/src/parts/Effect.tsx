/** What an action does to data, point by point, as confirmations say it. */
export function Effect({ points }: { points: string[] }) {
  return (
    <ul>
      {points.map((point) => (
        <li key={point}>{point}</li>
      ))}
    </ul>
  );
}
