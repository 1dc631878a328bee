using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <content>Adds rows and partial results to the slices.</content>
internal sealed partial class AlignedWindowOperator<T, TKey, TAccumulator, TOut>
{
    private readonly int[] _slots = new int[Batch.MaxRows];

    // For errors: the slice that a partial result is being merged into, and the number of its key there; null between batches.
    private Slice<TKey, TAccumulator>? _mergedSlice;
    private int _mergedSlot;

    private void Merge(ReadOnlySpan<Partial<TKey, TAccumulator>> partials)
    {
        foreach (ref readonly Partial<TKey, TAccumulator> partial in partials)
        {
            Slice<TKey, TAccumulator> slice = _slices.At(partial.SliceEnd);
            if (IsTooLate(slice))
            {
                throw new InvalidOperationException(
                    $"A partial result of the slice that ends at {partial.SliceEnd} came behind the watermark {Watermark}: "
                    + "the first phase must send such rows as they are.");
            }

            int before = slice.Table.Keys.Count;
            int slot = slice.Table.FindOrAdd(partial.Key, partial.Hash);
            (_mergedSlice, _mergedSlot) = (slice, slot);
            TAccumulator accumulator = partial.Accumulator;
            _aggregation.Aggregate.Merge(ref slice.Table.Accumulators.ForUpdate(slot), ref accumulator);
            NoteChange(slice, slot, isNew: slot == before);
        }

        _mergedSlice = null;
        Counts.Absorbed += partials.Length;
        _slices.Release();
    }

    // Consecutive rows of the same slice are added together: one virtual call for all of them.
    protected override void Add(Batch<T> batch)
    {
        DetachKept<TAccumulator>(batch);
        ReadOnlySpan<T> rows = batch.Rows;
        ReadOnlySpan<EventTime> times = batch.Times;
        Batch<T>? late = null;
        EventTime now = Clock?.Now(Watermark) ?? default;
        int end;
        for (int first = 0; first < rows.Length; first = end)
        {
            Window span = _slices.SpanOf(Clock is null ? times[first] : now);
            end = Clock is null ? EndOfRun(times, first, span) : rows.Length;
            Slice<TKey, TAccumulator> slice = _slices.At(span.End);
            if (!IsTooLate(slice))
            {
                AddTo(slice, rows[first..end], times[first..end]);
                continue;
            }

            late ??= Batch<T>.Rent();
            for (int i = first; i < end; i++)
            {
                late.Add(rows[i], times[i]);
            }
        }

        // To detect that a row is too late, its slice was created; it is the first one.
        DropTooLate();
        _slices.Release();
        SendLate(late, batch);
    }

    private static int EndOfRun(ReadOnlySpan<EventTime> times, int first, in Window span)
    {
        int end = first + 1;
        while (end < times.Length && times[end] >= span.Start && times[end] < span.End)
        {
            end++;
        }

        return end;
    }

    private void AddTo(Slice<TKey, TAccumulator> slice, ReadOnlySpan<T> rows, ReadOnlySpan<EventTime> times)
    {
        SliceTable<TKey, TAccumulator> table = slice.Table;
        int before = table.Keys.Count;
        Span<int> slots = _slots.AsSpan(0, rows.Length);
        table.FindOrAdd(rows, _aggregation.Key, slots);
        _aggregation.Aggregate.AddBatch(table.Accumulators.ForUpdate(slots), rows, times);
        Counts.Absorbed += rows.Length;
        foreach (int slot in slots)
        {
            NoteChange(slice, slot, isNew: slot >= before);
        }
    }

    protected override int FindFailedRow(Batch<T> batch)
    {
        EventTime? now = Clock?.Now(Watermark);
        return FailedRow.Find(_aggregation, batch, (key, hash, time) => _slices.CopyOf(key, hash, now ?? time, _aggregation.Aggregate));
    }

    protected override string? KeyTextOf(in T row) => RowText.OfKeyOf(row, _aggregation.Key);

    /// <summary>Marks a key as changed, if an early or a late result will show it.</summary>
    private void NoteChange(Slice<TKey, TAccumulator> slice, int slot, bool isNew)
    {
        if (Settings.EarlyInterval is not null && slice.LastWindowEnd.Add(-1) > Watermark && slice.MarkChanged(slot))
        {
            _changed.Add(slice);
        }

        // Windows that have closed emit their results again at once, and so does a window that had no result before this row.
        if (slice.FirstWindowEnd.Add(-1) <= Watermark && slice.MarkLate(slot, isNew))
        {
            _changedLate.Add(slice);
            if (_changedLate.Slices.Count == 1)
            {
                RequestLate();
            }
        }
    }

    // A separate class, since one class cannot implement the interface for two row types that might be equal.
    private sealed class PartialInput(AlignedWindowOperator<T, TKey, TAccumulator, TOut> window) : IRowInput<Partial<TKey, TAccumulator>>
    {
        public void OnBatch(Batch<Partial<TKey, TAccumulator>> batch)
        {
            IAttributable? caller = window.Context.Attribution.Enter(window);

            // Slices keep the accumulators, with the texts in them.
            DetachKept<TAccumulator>(batch);
            window.Counts.In += batch.Count;
            window.Merge(batch.Rows);
            window.Context.Attribution.Leave(caller);
        }
    }
}
