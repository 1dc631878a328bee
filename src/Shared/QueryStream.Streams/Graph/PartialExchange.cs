namespace QueryStream.Streams.Graph;

/// <summary>Spreads partial results by the hash that the first phase has computed.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
/// <param name="sizeOf">Bytes that an accumulator owns.</param>
internal sealed class PartialExchange<TKey, TAccumulator>(Func<TAccumulator, long> sizeOf) : KeyExchange<Partial<TKey, TAccumulator>>
    where TAccumulator : struct
{
    internal override string KeyLayout => Layout.Of<TKey>();

    public override void Hash(ReadOnlySpan<Partial<TKey, TAccumulator>> rows, Span<ulong> hashes)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            hashes[i] = rows[i].Hash;
        }
    }

    public override int PayloadBytes(in Partial<TKey, TAccumulator> row) => (int)Math.Min(int.MaxValue, sizeOf(row.Accumulator));
}
