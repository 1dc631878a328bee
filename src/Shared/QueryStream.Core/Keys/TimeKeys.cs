using QueryStream.Core.Time;

namespace QueryStream.Core.Keys;

internal sealed class EventTimeKey : KeyType<EventTime>
{
    public override ulong Hash(in EventTime key) => StableHash.OfInt64(key.Milliseconds);

    public override bool AreEqual(in EventTime a, in EventTime b) => a == b;
}

internal sealed class TimeSpanKey : KeyType<TimeSpan>
{
    public override ulong Hash(in TimeSpan key) => StableHash.OfInt64(key.Ticks);

    public override bool AreEqual(in TimeSpan a, in TimeSpan b) => a == b;
}

internal sealed class DateOnlyKey : KeyType<DateOnly>
{
    public override ulong Hash(in DateOnly key) => StableHash.OfInt64(key.DayNumber);

    public override bool AreEqual(in DateOnly a, in DateOnly b) => a == b;
}

internal sealed class TimeOnlyKey : KeyType<TimeOnly>
{
    public override ulong Hash(in TimeOnly key) => StableHash.OfInt64(key.Ticks);

    public override bool AreEqual(in TimeOnly a, in TimeOnly b) => a == b;
}

internal sealed class DateTimeKey : KeyType<DateTime>
{
    // By ticks, as .NET compares; the kind is ignored.
    public override ulong Hash(in DateTime key) => StableHash.OfInt64(key.Ticks);

    public override bool AreEqual(in DateTime a, in DateTime b) => a == b;
}

internal sealed class DateTimeOffsetKey : KeyType<DateTimeOffset>
{
    // By the point in time: 12:00+02:00 and 10:00Z are the same key.
    public override ulong Hash(in DateTimeOffset key) => StableHash.OfInt64(key.UtcTicks);

    public override bool AreEqual(in DateTimeOffset a, in DateTimeOffset b) => a == b;
}
