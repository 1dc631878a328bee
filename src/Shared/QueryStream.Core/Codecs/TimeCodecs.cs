using QueryStream.Core.Time;

namespace QueryStream.Core.Codecs;

internal sealed class EventTimeCodec : Codec<EventTime>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.Time, "event time");

    public override void Write(CodecWriter writer, in EventTime value) => writer.WriteInt64(value.Milliseconds);

    public override EventTime Read(CodecReader reader) => new(reader.ReadInt64());
}

internal sealed class DateTimeCodec : Codec<DateTime>
{
    private const int KindBits = 2;
    private const ulong KindMask = (1 << KindBits) - 1;

    // The ticks times 4 plus the kind. Not DateTime.ToBinary, which changes a local time in another time zone.
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.Time, "date and time");

    public override void Write(CodecWriter writer, in DateTime value) =>
        writer.WriteInt64((long)(((ulong)value.Ticks << KindBits) | (ulong)value.Kind));

    public override DateTime Read(CodecReader reader)
    {
        ulong value = (ulong)reader.ReadInt64();
        ulong ticks = value >> KindBits;
        ulong kind = value & KindMask;
        return ticks <= (ulong)DateTime.MaxValue.Ticks && kind <= (ulong)DateTimeKind.Local
            ? new DateTime((long)ticks, (DateTimeKind)kind)
            : throw reader.Damaged($"the time {ticks} of kind {kind}");
    }
}

internal sealed class DateTimeOffsetCodec : Codec<DateTimeOffset>
{
    private const long MaxOffsetMinutes = 14 * 60;

    public override Schema Schema { get; } = Schema.Simple(SchemaKind.OffsetTime, "date and time with offset");

    public override void Write(CodecWriter writer, in DateTimeOffset value)
    {
        writer.WriteInt64(value.UtcTicks);
        writer.WriteInt64(value.TotalOffsetMinutes);
    }

    public override DateTimeOffset Read(CodecReader reader)
    {
        long ticks = reader.ReadInt64(0, DateTime.MaxValue.Ticks);
        long offset = reader.ReadInt64(-MaxOffsetMinutes, MaxOffsetMinutes) * TimeSpan.TicksPerMinute;
        long local = ticks + offset;
        return local >= 0 && local <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(local, new TimeSpan(offset))
            : throw reader.Damaged($"a time of {local} ticks");
    }
}

internal sealed class TimeSpanCodec : Codec<TimeSpan>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.Time, "duration");

    public override void Write(CodecWriter writer, in TimeSpan value) => writer.WriteInt64(value.Ticks);

    public override TimeSpan Read(CodecReader reader) => new(reader.ReadInt64());
}

internal sealed class DateOnlyCodec : Codec<DateOnly>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.Time, "date");

    public override void Write(CodecWriter writer, in DateOnly value) => writer.WriteInt64(value.DayNumber);

    public override DateOnly Read(CodecReader reader) => DateOnly.FromDayNumber((int)reader.ReadInt64(0, DateOnly.MaxValue.DayNumber));
}

internal sealed class TimeOnlyCodec : Codec<TimeOnly>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.Time, "time of day");

    public override void Write(CodecWriter writer, in TimeOnly value) => writer.WriteInt64(value.Ticks);

    public override TimeOnly Read(CodecReader reader) => new(reader.ReadInt64(0, TimeOnly.MaxValue.Ticks));
}
