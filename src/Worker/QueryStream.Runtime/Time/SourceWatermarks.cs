using QueryStream.Core.Time;
using QueryStream.Runtime.Operators;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Runtime.Time;

/// <summary>
/// Event time at one source task: a watermark a split, the minimum over those that are live, never going back. A split is quiet
/// while it is proven again and again that it was read to its end, and nothing has come for a while. Where the proofs stop, or were
/// interrupted, nothing is known of what its producers hold back: the split then counts until it has been seen silent for
/// that while once more. Used in turns of one task.
/// </summary>
internal sealed class SourceWatermarks
{
    /// <summary>Proofs that are further apart than this, or than the time after which a split is quiet, do not prove the time between.</summary>
    public static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan NewSplitWait = TimeSpan.FromSeconds(10);

    private Split[] _splits;
    private readonly long _outOfOrderness;
    private readonly TimeSpan? _idleAfter;
    private readonly TimeSpan _gap;
    private readonly bool _advanceWhileQuiet;
    private bool _idle;

    // When the last of the splits fell quiet or ended.
    private EventTime _idleSince;

    /// <summary>Creates the watermarks of a source that was just opened.</summary>
    /// <param name="splits">The number of splits.</param>
    /// <param name="outOfOrderness">In milliseconds.</param>
    /// <param name="idleAfter">After how long a split is quiet; null: never.</param>
    /// <param name="advanceWhileQuiet">Whether event time may go on while all are quiet.</param>
    /// <param name="now">The clock.</param>
    public SourceWatermarks(int splits, TimeSpan outOfOrderness, TimeSpan? idleAfter, bool advanceWhileQuiet, EventTime now)
    {
        _splits = new Split[splits];
        _outOfOrderness = outOfOrderness.Ticks / TimeSpan.TicksPerMillisecond;
        _idleAfter = idleAfter;
        _gap = idleAfter > LongestGap ? idleAfter.Value : LongestGap;
        _advanceWhileQuiet = advanceWhileQuiet;
        Array.Fill(_splits, new Split { Watermark = EventTime.MinValue, SilentSince = now, KnownUntil = now });
    }

    /// <summary>The watermark.</summary>
    public EventTime Current { get; private set; } = EventTime.MinValue;

    /// <summary>The watermark of one split.</summary>
    public EventTime OfSplit(int split) => _splits[split].Watermark;

    /// <summary>Goes on from the watermark that a snapshot has of a split. Before the first record.</summary>
    public void Restore(int split, EventTime watermark) => _splits[split].Watermark = watermark;

    /// <summary>
    /// Adds a split behind the others. Time waits for its first row until it was proven silent for as long as makes a split quiet, or for 10 s where
    /// splits never become quiet: an empty new split must not hold time back for ever.
    /// </summary>
    public void Add(EventTime now) => _splits = [.. _splits, new Split { Watermark = EventTime.MinValue, SilentSince = now, KnownUntil = now, IsNew = true }];

    /// <summary>Hands on a watermark that was handed on before a restart.</summary>
    public void RaiseTo(EventTime watermark, IControlInput output) => Raise(watermark, output);

    /// <summary>Takes note of records, and says that the source is active again before they are handed on.</summary>
    public void OnRecords(IReadOnlyList<SplitRun> runs, EventTime now, IControlInput output)
    {
        // Dead letters say nothing of event time; a producer of nothing else must not hold it back.
        EventTime before = EventTime.MaxValue;
        for (int i = 0; i < runs.Count; i++)
        {
            before = runs[i].Rows > 0 ? EventTime.Min(before, _splits[runs[i].Split].Watermark) : before;
        }

        for (int i = 0; i < runs.Count; i++)
        {
            SplitRun run = runs[i];
            if (run.Rows > 0)
            {
                ref Split split = ref _splits[run.Split];
                split.IsQuiet = false;
                split.SilentSince = now;
                split.KnownUntil = EventTime.Max(split.KnownUntil, now);
                split.Watermark = EventTime.Max(split.Watermark, run.MaxTime.Add(-_outOfOrderness - 1));
            }
        }

        if (_idle && before != EventTime.MaxValue)
        {
            // Whoever is live alone is the minimum, so its rows are judged by what its split had reached before them.
            BecomeActive(output);
            Raise(before, output);
        }
    }

    /// <summary>Takes note of splits that were read to their end.</summary>
    public void OnEnds(IReadOnlyList<SplitEnd> ends, EventTime now)
    {
        for (int i = 0; i < ends.Count; i++)
        {
            SplitEnd end = ends[i];
            ref Split split = ref _splits[end.Split];
            if (end.IsFinal)
            {
                split.HasEnded = true;
                split.SilentSince = now;
                continue;
            }

            EventTime at = EventTime.Max(end.At, split.KnownUntil);
            if (at > split.KnownUntil.Add(_gap))
            {
                split.SilentSince = at;
            }

            split.KnownUntil = at;
            split.IsQuiet = QuietAfter(split) is { } quietAfter && at >= split.SilentSince.Add(quietAfter);
        }
    }

    /// <summary>Hands on what has changed: a higher watermark, or for how long all splits have been quiet.</summary>
    /// <param name="confirmed">Whether the last poll proved something of a split's end.</param>
    /// <param name="now">The clock.</param>
    /// <param name="output">Takes the elements.</param>
    public void Advance(bool confirmed, EventTime now, IControlInput output)
    {
        EventTime lowest = EventTime.MaxValue;
        int active = 0;
        foreach (ref Split split in _splits.AsSpan())
        {
            split.IsQuiet &= now <= split.KnownUntil.Add(_gap);
            if (!split.HasEnded && !split.IsQuiet)
            {
                active++;
                lowest = EventTime.Min(lowest, split.Watermark);
            }
        }

        if (active > 0)
        {
            BecomeActive(output);
            Raise(lowest, output);
        }
        else if (!_idle || confirmed)
        {
            StayIdle(output);
        }
    }

    private TimeSpan? QuietAfter(in Split split) =>
        _idleAfter ?? (split is { IsNew: true, Watermark: var watermark } && watermark == EventTime.MinValue ? NewSplitWait : null);

    private void Raise(EventTime watermark, IControlInput output)
    {
        if (watermark > Current)
        {
            Current = watermark;
            output.OnControl(Control.Advance(watermark));
        }
    }

    private void BecomeActive(IControlInput output)
    {
        if (_idle)
        {
            _idle = false;
            output.OnControl(Control.Active);
        }
    }

    private void StayIdle(IControlInput output)
    {
        if (!_idle)
        {
            _idle = true;
            FallQuiet(output);
        }

        int live = 0;
        EventTime proof = EventTime.MaxValue;
        foreach (ref readonly Split split in _splits.AsSpan())
        {
            live += split.HasEnded ? 0 : 1;
            proof = split.HasEnded ? proof : EventTime.Min(proof, split.KnownUntil);
        }

        // A task without splits is idle from the start, and never holds anyone back.
        bool proves = _advanceWhileQuiet || live == 0;
        output.OnControl(Control.Idle(new QuietPeriod(_idleSince, proves ? proof : EventTime.MinValue, _outOfOrderness)));
    }

    // Proofs come in steps, so that several splits may seem to fall quiet at once. What counts is the order in which they did: the
    // watermark is that of the last one, since the others had left the minimum before. One that never had a row never counted.
    private void FallQuiet(IControlInput output)
    {
        _idleSince = EventTime.MinValue;
        EventTime lastSilence = EventTime.MinValue;
        EventTime watermark = EventTime.MinValue;
        foreach (ref readonly Split split in _splits.AsSpan())
        {
            EventTime since = split.HasEnded ? split.SilentSince : split.SilentSince.Add(QuietAfter(split)!.Value);
            _idleSince = EventTime.Max(_idleSince, since);
            if (split.HasEnded || split.Watermark == EventTime.MinValue || split.SilentSince < lastSilence)
            {
                continue;
            }

            watermark = split.SilentSince == lastSilence ? EventTime.Min(watermark, split.Watermark) : split.Watermark;
            lastSilence = split.SilentSince;
        }

        Raise(watermark, output);
    }

    private struct Split
    {
        public EventTime Watermark;

        // The last record, or the first proof after an interruption.
        public EventTime SilentSince;

        // The last record or proof.
        public EventTime KnownUntil;
        public bool IsQuiet;

        // Added while the source ran.
        public bool IsNew;
        public bool HasEnded;
    }
}
