using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Operators;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Exchange;

/// <summary>A link that spreads rows over several receivers by the key group of their key.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal sealed class KeyLink<T> : EdgeLink, IInput<T>
{
    private readonly OutputEdge _edge;
    private readonly int _index;
    private readonly KeyExchange<T> _exchange;
    private readonly RoutingTable _routing;
    private readonly Batch<T>?[] _batches;
    private readonly ulong[] _hashes = new ulong[Batch.MaxRows];

    /// <summary>Creates a link.</summary>
    public KeyLink(OutputEdge edge, int index, KeyExchange<T> exchange, RoutingTable routing)
    {
        _edge = edge;
        _index = index;
        _exchange = exchange;
        _routing = routing;
        _batches = new Batch<T>?[routing.Parallelism];
    }

    public void OnBatch(Batch<T> batch)
    {
        ReadOnlySpan<T> rows = batch.Rows;
        ReadOnlySpan<EventTime> times = batch.Times;
        Span<ulong> hashes = _hashes.AsSpan(0, rows.Length);
        _exchange.Hash(rows, hashes);
        for (int i = 0; i < rows.Length; i++)
        {
            int receiver = _routing.SubtaskOf(hashes[i]);
            Batch<T> target = _batches[receiver] ??= Batch<T>.Rent();
            target.Add(rows[i], times[i], _exchange.PayloadBytes(rows[i]));
            if (target.IsFull)
            {
                Send(receiver);
            }
        }
    }

    public void OnControl(in Control control) => _edge.OnControl(_index, control);

    public override void SendAll()
    {
        for (int receiver = 0; receiver < _batches.Length; receiver++)
        {
            if (_batches[receiver] is not null)
            {
                Send(receiver);
            }
        }
    }

    public override void SendToIdle()
    {
        for (int receiver = 0; receiver < _batches.Length; receiver++)
        {
            if (_batches[receiver] is not null && _edge.Channels[receiver].IsIdle)
            {
                Send(receiver);
            }
        }
    }

    public override void Drop()
    {
        foreach (Batch<T>? batch in _batches)
        {
            batch?.Release();
        }

        Array.Clear(_batches);
    }

    private void Send(int receiver)
    {
        Batch<T> batch = _batches[receiver]!;
        _batches[receiver] = null;
        _edge.Channels[receiver].Send(batch, _index);
    }
}
