using QueryStream.Core.Time;
using QueryStream.Runtime.Operators;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Exchange;

/// <summary>What a link needs to attribute an exception of the job's key or partition function.</summary>
/// <param name="Receiver">The operator at the other end, which declares that function.</param>
/// <param name="Attribution">Told when the link runs.</param>
/// <param name="Rows">Describes the row.</param>
internal sealed record LinkOwner(string Receiver, ExceptionAttribution Attribution, RowLocator Rows);

/// <summary>A link that distributes rows over several receivers, with an open batch for each.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="edge">The edge.</param>
/// <param name="index">Which of its links this is.</param>
/// <param name="owner">For errors.</param>
internal abstract class SpreadLink<T>(OutputEdge edge, int index, LinkOwner owner) : EdgeLink, IInput<T>, IAttributable
{
    private readonly Batch<T>?[] _batches = new Batch<T>?[edge.Channels.Length];
    private readonly int[] _receivers = new int[Batch.MaxRows];

    // The batch that is being sent, and its records.
    private readonly BatchOrigin _origin = new();
    private Batch<T>? _source;

    /// <inheritdoc/>
    public string Name => owner.Receiver;

    /// <summary>Estimates the bytes that only one row refers to, for flow control; null if there are none.</summary>
    protected virtual KeyExchange<T>? PayloadSizes => null;

    public void OnBatch(Batch<T> batch)
    {
        ReadOnlySpan<T> rows = batch.Rows;
        Span<int> receivers = _receivers.AsSpan(0, rows.Length);
        _source = batch;
        IAttributable? caller = owner.Attribution.Enter(this);
        Route(rows, receivers);
        owner.Attribution.Leave(caller);
        Spread(batch, receivers);
    }

    /// <summary>The row for which <see cref="Route"/> has thrown.</summary>
    public string? DescribePosition() => owner.Rows.At(_source!, FailedRow(_source!), key: null);

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
        _origin.Clear();
        _origin.Widen(batch.Origin);
        ReadOnlySpan<T> rows = batch.Rows;
        ReadOnlySpan<EventTime> times = batch.Times;
        KeyExchange<T>? payloadSizes = PayloadSizes;
        for (int i = 0; i < rows.Length; i++)
        {
            Add(receivers[i], rows[i], times[i], payloadSizes?.PayloadBytes(rows[i]) ?? 0);
        }

        NoteUnsent(receivers);
    }

    // All rows are routed in one call, so they are routed again, one by one.
    private int FailedRow(Batch<T> batch)
    {
        for (int row = 0; row < batch.Count; row++)
        {
            try
            {
                Route(batch.Rows.Slice(row, 1), _receivers);
            }
            catch (Exception)
            {
                // The first exception is the one to report.
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
