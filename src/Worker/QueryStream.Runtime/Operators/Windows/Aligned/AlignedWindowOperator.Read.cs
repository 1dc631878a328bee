using QueryStream.Core.Time;
using QueryStream.Runtime.Reading;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <content>Shows the windows of one key that are open, or kept for late rows, each merged from its slices as when it fires.</content>
internal sealed partial class AlignedWindowOperator<T, TKey, TAccumulator, TOut>
{
    // Sliding windows may have thousands of slices each: this many merges take about a millisecond.
    private const int MaxMerges = 10_000;
    private const int MaxWindows = 1_000;

    public override void ReadKey(string key, KeyStateWriter output)
    {
        (TKey parsed, ulong hash) = NodeKey<TKey>.Instance.Read(key);
        output.Watermark(Watermark);
        List<(Window Span, TAccumulator Accumulator)> slices = [];
        for (int i = 0; i < _slices.Count; i++)
        {
            if (_slices.Peek(_slices[i], parsed, hash) is { } accumulator)
            {
                slices.Add((new Window(_slices[i].Start, _slices[i].End), accumulator));
            }
        }

        int merges = 0;
        int shown = 0;
        foreach ((EventTime end, int kind) in WindowsOf(slices))
        {
            if (merges > MaxMerges || shown++ == MaxWindows)
            {
                output.OmitWindows();
                return;
            }

            Window window = new(_kinds[kind].StartOf(end), end);
            TAccumulator merged = default;
            for (int i = FirstFrom(slices, window.Start); i < slices.Count && slices[i].Span.End <= end; i++)
            {
                // Leaves the slice as it is.
                _aggregation.Aggregate.MergeCopy(ref merged, slices[i].Accumulator);
                merges++;
            }

            output.BeginWindow(_kinds[kind].ToString(), window, Watermark >= window.MaxTime);
            output.WindowValue(_aggregation.Aggregate.Copy(merged), _aggregation.Aggregate.Result(ref merged, isFinal: false));
            output.EndWindow();
        }
    }

    // In the order in which they close, without those that no row can change any more.
    private SortedSet<(EventTime End, int Kind)> WindowsOf(List<(Window Span, TAccumulator Accumulator)> slices)
    {
        SortedSet<(EventTime End, int Kind)> windows = [];
        for (int kind = 0; kind < _kinds.Length; kind++)
        {
            // Neighbouring slices are parts of the same windows, which are listed once.
            EventTime listed = EventTime.MinValue;
            foreach ((Window span, _) in slices)
            {
                EventTime last = _kinds[kind].LastEndOf(span.Start);
                for (EventTime end = _kinds[kind].FirstEndAfter(EventTime.Max(span.Start, listed)); end <= last && end > listed;)
                {
                    if (Watermark < end.Add(Settings.Lateness - 1))
                    {
                        windows.Add((end, kind));
                    }

                    listed = end;
                    end = _kinds[kind].FirstEndAfter(end);
                }
            }
        }

        return windows;
    }

    private static int FirstFrom(List<(Window Span, TAccumulator Accumulator)> slices, EventTime start)
    {
        int low = 0;
        int high = slices.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = slices[middle].Span.Start < start ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
