using QueryStream.Core.Keys;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Exchange;

/// <summary>A link that spreads rows over several receivers by the key group of their key.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="edge">The edge.</param>
/// <param name="index">Which of its links this is.</param>
/// <param name="exchange">Takes the keys.</param>
/// <param name="routing">Which receiver has which key group.</param>
/// <param name="owner">For errors.</param>
internal sealed class KeyLink<T>(OutputEdge edge, int index, KeyExchange<T> exchange, RoutingTable routing, LinkOwner owner)
    : SpreadLink<T>(edge, index, owner)
{
    private readonly ulong[] _hashes = new ulong[Batch.MaxRows];

    protected override KeyExchange<T> PayloadSizes => exchange;

    protected override void Route(ReadOnlySpan<T> rows, Span<int> receivers)
    {
        Span<ulong> hashes = _hashes.AsSpan(0, rows.Length);
        exchange.Hash(rows, hashes);
        for (int i = 0; i < hashes.Length; i++)
        {
            receivers[i] = routing.SubtaskOf(hashes[i]);
        }
    }
}
