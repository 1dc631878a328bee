using QueryStream.Core.Time;
using QueryStream.Runtime.Operators;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Exchange;

/// <summary>A link that spreads rows over several receivers: a batch in the making for each.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="edge">The edge.</param>
/// <param name="index">Which of its links this is.</param>
internal abstract class SpreadLink<T>(OutputEdge edge, int index) : EdgeLink, IInput<T>
{
    private readonly Batch<T>?[] _batches = new Batch<T>?[edge.Channels.Length];

    /// <summary>Told of the row that could not be given to a receiver, by index; names who is to blame, and never catches.</summary>
    public Func<Batch, int, bool>? Blame { get; init; }

    public abstract void OnBatch(Batch<T> batch);

    public void OnControl(in Control control) => edge.OnControl(index, control);

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
            if (_batches[receiver] is not null && edge.Channels[receiver].IsIdle)
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

    /// <summary>Adds a row to the batch of a receiver.</summary>
    protected void Add(int receiver, in T row, EventTime time, int payloadBytes)
    {
        Batch<T> target = _batches[receiver] ??= Batch<T>.Rent();
        target.Add(row, time, payloadBytes);
        if (target.IsFull)
        {
            Send(receiver);
        }
    }

    private void Send(int receiver)
    {
        Batch<T> batch = _batches[receiver]!;
        _batches[receiver] = null;
        edge.Channels[receiver].Send(batch, index);
    }
}
