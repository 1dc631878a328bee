using QueryStream.Core.Metrics;
using QueryStream.Core.Time;
using QueryStream.Runtime.Operators;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Runtime.Time;

/// <summary>
/// The event time of one source task. Each split has a watermark; the task's watermark is the minimum over the active splits, and it never goes back.
/// A split becomes idle when no record has arrived for a time, and the reader has repeatedly confirmed during that time that it is read to its end.
/// Without confirmations, records may still be on their way, so the split is active until it was confirmed for that time again. Used in turns of one
/// task.
/// </summary>
internal sealed class SourceWatermarks
{
    /// <summary>
    /// Two confirmations cover the time between them only if they are at most this far apart, or as far as the time after which a split is idle.
    /// </summary>
    public static readonly TimeSpan MaxConfirmationGap = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan NewSplitWait = TimeSpan.FromSeconds(10);

    private Split[] _splits;
    private readonly long _outOfOrderness;
    private readonly TimeSpan? _idleAfter;
    private readonly TimeSpan _gap;
    private readonly bool _advanceWhileIdle;
    private bool _idle;

    // When the last split became idle or ended.
    private EventTime _idleSince;

    /// <summary>Creates the watermarks of a source that was just opened.</summary>
    /// <param name="splits">The number of splits.</param>
    /// <param name="outOfOrderness">How far a watermark is behind the newest record of its split.</param>
    /// <param name="idleAfter">The time after which a split is idle; null: never.</param>
    /// <param name="advanceWhileIdle">Whether event time may advance while all splits are idle.</param>
    /// <param name="now">The clock.</param>
    public SourceWatermarks(int splits, TimeSpan outOfOrderness, TimeSpan? idleAfter, bool advanceWhileIdle, EventTime now)
    {
        _splits = new Split[splits];
        _outOfOrderness = outOfOrderness.Ticks / TimeSpan.TicksPerMillisecond;
        _idleAfter = idleAfter;
        _gap = idleAfter > MaxConfirmationGap ? idleAfter.Value : MaxConfirmationGap;
        _advanceWhileIdle = advanceWhileIdle;
        Array.Fill(_splits, new Split { Watermark = EventTime.MinValue, NoRecordsSince = now, KnownUntil = now });
    }

    /// <summary>The watermark.</summary>
    public EventTime Current { get; private set; } = EventTime.MinValue;

    /// <summary>The watermark of one split.</summary>
    public EventTime OfSplit(int split) => _splits[split].Watermark;

    /// <summary>Whether a split holds back the watermark of the task.</summary>
    public SplitState StateOf(int split) =>
        _splits[split].HasEnded ? SplitState.Ended : _splits[split].IsIdle ? SplitState.Idle : SplitState.Active;

    /// <summary>Restores the watermark of a split. Called before its first record.</summary>
    public void Restore(int split, EventTime watermark) => _splits[split].Watermark = watermark;

    /// <summary>
    /// Adds a split. The watermark waits for its first row, but only until the split is idle. If splits never become idle, it waits for 10 s in which
    /// the reader confirms that there are no records: an empty new split must not stop event time for ever.
    /// </summary>
    public void Add(EventTime now)
    {
        Split split = new() { Watermark = EventTime.MinValue, NoRecordsSince = now, KnownUntil = now, IsNew = true };
        _splits = [.. _splits, split];
    }

    /// <summary>Emits a watermark that was emitted before a restart.</summary>
    public void RaiseTo(EventTime watermark, IControlInput output) => Raise(watermark, output);

    /// <summary>
    /// Updates the watermarks of the splits for records that were read. Called before the records are emitted, since it may say that the source is
    /// active again.
    /// </summary>
    public void OnRecords(IReadOnlyList<SplitRun> runs, EventTime now, IControlInput output)
    {
        // Only rows count: a split with nothing but dead letters must not stop event time.
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
                split.IsIdle = false;
                split.NoRecordsSince = now;
                split.KnownUntil = EventTime.Max(split.KnownUntil, now);
                split.Watermark = EventTime.Max(split.Watermark, run.MaxTime.Add(-_outOfOrderness - 1));
            }
        }

        if (_idle && before != EventTime.MaxValue)
        {
            // The split is the only active one, so it is the minimum: its rows are late or not by its watermark before them.
            BecomeActive(output);
            Raise(before, output);
        }
    }

    /// <summary>Updates splits that the reader has confirmed to be read to their end.</summary>
    public void OnEnds(IReadOnlyList<SplitEnd> ends, EventTime now)
    {
        for (int i = 0; i < ends.Count; i++)
        {
            SplitEnd end = ends[i];
            ref Split split = ref _splits[end.Split];
            if (end.IsFinal)
            {
                split.HasEnded = true;
                split.NoRecordsSince = now;
                continue;
            }

            EventTime at = EventTime.Max(end.At, split.KnownUntil);
            if (at > split.KnownUntil.Add(_gap))
            {
                split.NoRecordsSince = at;
            }

            split.KnownUntil = at;
            split.IsIdle = IdleAfter(split) is { } idleAfter && at >= split.NoRecordsSince.Add(idleAfter);
        }
    }

    /// <summary>Emits what has changed: a higher watermark, or how long all splits have been idle.</summary>
    /// <param name="confirmed">Whether the last poll has confirmed the end of a split.</param>
    /// <param name="now">The clock.</param>
    /// <param name="output">Receives the elements.</param>
    public void Advance(bool confirmed, EventTime now, IControlInput output)
    {
        EventTime lowest = EventTime.MaxValue;
        int active = 0;
        foreach (ref Split split in _splits.AsSpan())
        {
            split.IsIdle &= now <= split.KnownUntil.Add(_gap);
            if (!split.HasEnded && !split.IsIdle)
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

    private TimeSpan? IdleAfter(in Split split) =>
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
            BecomeIdle(output);
        }

        int live = 0;
        EventTime confirmedUntil = EventTime.MaxValue;
        foreach (ref readonly Split split in _splits.AsSpan())
        {
            live += split.HasEnded ? 0 : 1;
            confirmedUntil = split.HasEnded ? confirmedUntil : EventTime.Min(confirmedUntil, split.KnownUntil);
        }

        // A task without splits is idle from the start, and never delays another task.
        bool mayAdvance = _advanceWhileIdle || live == 0;
        output.OnControl(Control.Idle(new IdlePeriod(_idleSince, mayAdvance ? confirmedUntil : EventTime.MinValue, _outOfOrderness)));
    }

    // Confirmations come at intervals, so that several splits may seem to become idle at once. Their real order counts: the watermark is that of the
    // split that became idle last, since the others had left the minimum before. A split that never had a row is not part of it.
    private void BecomeIdle(IControlInput output)
    {
        _idleSince = EventTime.MinValue;
        EventTime latest = EventTime.MinValue;
        EventTime watermark = EventTime.MinValue;
        foreach (ref readonly Split split in _splits.AsSpan())
        {
            EventTime since = split.HasEnded ? split.NoRecordsSince : split.NoRecordsSince.Add(IdleAfter(split)!.Value);
            _idleSince = EventTime.Max(_idleSince, since);
            if (split.HasEnded || split.Watermark == EventTime.MinValue || split.NoRecordsSince < latest)
            {
                continue;
            }

            watermark = split.NoRecordsSince == latest ? EventTime.Min(watermark, split.Watermark) : split.Watermark;
            latest = split.NoRecordsSince;
        }

        Raise(watermark, output);
    }

    private struct Split
    {
        public EventTime Watermark;

        // When the last record came, or the first confirmation after an interruption.
        public EventTime NoRecordsSince;

        // When the last record or confirmation came.
        public EventTime KnownUntil;
        public bool IsIdle;

        // Whether it was added while the source was running.
        public bool IsNew;
        public bool HasEnded;
    }
}
