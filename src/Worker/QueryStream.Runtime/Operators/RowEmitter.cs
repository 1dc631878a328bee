using System.Runtime.CompilerServices;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>Collects single rows into batches. Used in turns of one task.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="output">Receives the batches.</param>
/// <param name="counts">Counts the emitted rows; null if they count as something else.</param>
internal sealed class RowEmitter<T>(IInput<T> output, OperatorRows? counts) : IEmitter
{
    private readonly List<Batch<T>> _full = [];
    private Batch<T>? _batch;
    private int _markedFull;
    private int _markedCount;
    private long _markedBytes;

    /// <inheritdoc/>
    public bool HasFull { get; private set; }

    /// <summary>Whether no batch is open: no row was emitted since the last full batch, or since <see cref="Flush(Batch?)"/>.</summary>
    public bool IsEmpty => _batch is null;

    /// <summary>Adds a row.</summary>
    public void Emit(in T row, EventTime time, int payloadBytes = 0)
    {
        Batch<T> batch = _batch ?? Begin();
        batch.Add(row, time, payloadBytes);
        if (batch.IsFull)
        {
            Complete(batch);
        }
    }

    /// <inheritdoc/>
    public void Mark()
    {
        _markedFull = _full.Count;
        _markedCount = _batch?.Count ?? 0;
        _markedBytes = _batch?.Bytes ?? 0;
    }

    /// <inheritdoc/>
    public void Rollback()
    {
        if (_full.Count > _markedFull)
        {
            // The batch that was open at the mark is the first one that became full after it.
            _batch?.Release();
            _batch = _full[_markedFull];
            for (int i = _markedFull + 1; i < _full.Count; i++)
            {
                _full[i].Release();
            }

            _full.RemoveRange(_markedFull, _full.Count - _markedFull);
            HasFull = _markedFull > 0;
        }

        _batch?.Truncate(_markedCount, _markedBytes);
        if (_batch is { Count: 0 })
        {
            _batch.Release();
            _batch = null;
        }
    }

    /// <inheritdoc/>
    public void Flush(Batch? from = null) => Flush(from?.Origin, from);

    /// <summary>Sends the rows so far, which were made from rows whose batches are gone.</summary>
    public void Flush(BatchOrigin origin) => Flush(origin, null);

    /// <inheritdoc/>
    public void OnControl(in Control control) => output.OnControl(control);

    /// <summary>Releases the rows that are not sent.</summary>
    public void Drop()
    {
        _full.ForEach(full => full.Release());
        _full.Clear();
        HasFull = false;
        _batch?.Release();
        _batch = null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Batch<T> Begin() => _batch = Batch<T>.Rent();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Complete(Batch<T> batch)
    {
        _full.Add(batch);
        _batch = null;
        HasFull = true;
    }

    private void Flush(BatchOrigin? origin, Batch? from)
    {
        foreach (Batch<T> full in _full)
        {
            Send(full, origin, from);
            full.Release();
        }

        _full.Clear();
        HasFull = false;
        if (_batch is { Count: > 0 } batch)
        {
            _batch = null;
            Send(batch, origin, from);
            batch.Release();
        }
    }

    private void Send(Batch<T> batch, BatchOrigin? origin, Batch? from)
    {
        if (origin is not null)
        {
            batch.Origin.Widen(origin);
        }

        if (from is not null)
        {
            batch.ShareFrames(from);
        }

        if (counts is not null)
        {
            counts.Out += batch.Count;
        }

        output.OnBatch(batch);
    }
}
