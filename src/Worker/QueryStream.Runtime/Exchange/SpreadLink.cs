using QueryStream.Core.Time;
using QueryStream.Runtime.Operators;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Exchange;

/// <summary>A link that spreads rows over several receivers: a batch in the making for each.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="edge">The edge.</param>
/// <param name="index">Which of its links this is.</param>
internal abstract class SpreadLink<T>(OutputEdge edge, int index) : EdgeLink, IInput<T>
{
    private readonly Batch<T>?[] _batches = new Batch<T>?[edge.Channels.Length];
    private readonly int[] _receivers = new int[Batch.MaxRows];

    // Of the batch that is being spread.
    private readonly BatchOrigin _origin = new();
    private Batch<T>? _source;

    /// <summary>For an exception filter: notes the row whose receiver could not be chosen, by its index, and returns false.</summary>
    public Func<Batch<T>, int, bool>? OnFailure { get; init; }

    /// <summary>Says how many bytes a row alone refers to, for flow control; null: none.</summary>
    protected virtual KeyExchange<T>? Weights => null;

    public void OnBatch(Batch<T> batch)
    {
        ReadOnlySpan<T> rows = batch.Rows;
        Span<int> receivers = _receivers.AsSpan(0, rows.Length);
        try
        {
            Route(rows, receivers);
        }
        catch (Exception) when (OnFailure?.Invoke(batch, FailingRow(batch)) ?? false)
        {
            // Never reached: the filter returns false.
            throw;
        }

        Spread(batch, receivers);
    }

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

    /// <summary>Chooses the receiver of each row. Calls code of the job, which may throw.</summary>
    protected abstract void Route(ReadOnlySpan<T> rows, Span<int> receivers);

    private void Spread(Batch<T> batch, ReadOnlySpan<int> receivers)
    {
        _source = batch;
        _origin.Clear();
        _origin.Widen(batch.Origin);
        ReadOnlySpan<T> rows = batch.Rows;
        ReadOnlySpan<EventTime> times = batch.Times;
        KeyExchange<T>? weights = Weights;
        for (int i = 0; i < rows.Length; i++)
        {
            Add(receivers[i], rows[i], times[i], weights?.PayloadBytes(rows[i]) ?? 0);
        }

        NoteUnsent(receivers);
    }

    // All rows are routed at once; which one failed shows when they are routed one by one.
    private int FailingRow(Batch<T> batch)
    {
        for (int row = 0; row < batch.Count; row++)
        {
            try
            {
                Route(batch.Rows.Slice(row, 1), _receivers);
            }
            catch (Exception)
            {
                // The exception that is being thrown already is the one to report.
                return row;
            }
        }

        return 0;
    }

    private void NoteUnsent(ReadOnlySpan<int> receivers)
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

    private void Add(int receiver, in T row, EventTime time, int payloadBytes)
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
