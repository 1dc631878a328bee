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
    // Of the batch that is being spread.
    private readonly BatchOrigin _origin = new();
    private Batch<T>? _source;
    private readonly Batch<T>?[] _batches = new Batch<T>?[edge.Channels.Length];

    /// <summary>Told of the row that could not be given to a receiver, by index; names who is to blame, and never catches.</summary>
    public Func<Batch<T>, int, bool>? Blame { get; init; }

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

    /// <summary>Called before the rows of a batch are added.</summary>
    protected void Begin(Batch<T> batch)
    {
        _source = batch;
        _origin.Clear();
        _origin.Widen(batch.Origin);
    }

    /// <summary>Called when all rows of a batch have been added: notes where those come from that have not been sent.</summary>
    /// <param name="receivers">By row.</param>
    protected void End(ReadOnlySpan<int> receivers)
    {
        if (receivers.Length < _batches.Length)
        {
            foreach (int receiver in receivers)
            {
                Note(_batches[receiver]);
            }

            return;
        }

        foreach (Batch<T>? batch in _batches)
        {
            Note(batch);
        }
    }

    /// <summary>Adds a row to the batch of a receiver.</summary>
    protected void Add(int receiver, in T row, EventTime time, int payloadBytes)
    {
        Batch<T> target = _batches[receiver] ??= Batch<T>.Rent();
        target.Add(row, time, payloadBytes);
        if (target.IsFull)
        {
            Note(target);
            Send(receiver);
        }
    }

    private void Note(Batch<T>? batch)
    {
        if (batch is not null)
        {
            batch.Origin.Widen(_origin);
            batch.ShareFrames(_source!);
        }
    }

    private void Send(int receiver)
    {
        Batch<T> batch = _batches[receiver]!;
        _batches[receiver] = null;
        edge.Channels[receiver].Send(batch, index);
    }
}
