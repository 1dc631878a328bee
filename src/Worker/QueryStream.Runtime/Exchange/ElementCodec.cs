using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Exchange;

/// <summary>
/// Converts elements to bytes and back for a transport, without knowing row types: a batch encodes itself, and stays encoded until the
/// receiving task decodes it. The layout is in docs/design/channels.md. Stateless; safe on any thread.
/// </summary>
public static class ElementCodec
{
    private const byte BatchTag = 0;
    private const byte CreditTag = 64;

    /// <summary>Writes an element, which keeps its references.</summary>
    public static void Write(CodecWriter writer, in ChannelElement element)
    {
        switch (element.Kind)
        {
            case ChannelElementKind.Batch:
                writer.WriteByte(BatchTag);
                writer.WriteLength(element.Link);
                WriteRows(writer, element);
                break;
            case ChannelElementKind.Control:
                WriteControl(writer, element.Control, element.Rows);
                break;
            case ChannelElementKind.Credit:
                writer.WriteByte(CreditTag);
                writer.WriteInt64(element.Bytes);
                writer.WriteInt64(element.Watermark.Milliseconds);
                writer.WriteLength(element.Activations);
                break;
            default:
                throw new InvalidOperationException($"A channel element of kind {element.Kind} cannot be written.");
        }
    }

    /// <summary>Reads the element in a frame. Takes over the caller's reference to the frame.</summary>
    /// <exception cref="CodecException">The bytes are no element.</exception>
    public static ChannelElement Read(Frame frame)
    {
        try
        {
            CodecReader reader = new(frame.Array, frame.Start, frame.Length);
            byte tag = reader.ReadByte();
            if (tag == BatchTag)
            {
                int link = (int)reader.ReadUInt64(ushort.MaxValue);
                frame.Skip(frame.Length - reader.Remaining);
                frame.Retain();
                return ChannelElement.Of(frame, link);
            }

            ChannelElement element = tag == CreditTag
                ? ChannelElement.Credit(reader.ReadInt64(0, long.MaxValue), ReadTime(reader), (int)reader.ReadUInt64(int.MaxValue))
                : ReadControl(reader, (ControlKind)tag);
            return reader.Remaining == 0 ? element : throw reader.Damaged($"{reader.Remaining} bytes behind a channel element");
        }
        finally
        {
            frame.Release();
        }
    }

    private static void WriteRows(CodecWriter writer, in ChannelElement element)
    {
        if (element.Batch is { } batch)
        {
            batch.Write(writer);
        }
        else
        {
            writer.WriteRaw(element.Frame!.Bytes);
        }
    }

    private static void WriteControl(CodecWriter writer, in Control control, long rows)
    {
        writer.WriteByte((byte)control.Kind);
        switch (control.Kind)
        {
            case ControlKind.Watermark:
                writer.WriteInt64(control.Watermark.Milliseconds);
                break;
            case ControlKind.Idle:
                writer.WriteInt64(control.IdlePeriod.Since.Milliseconds);
                writer.WriteInt64(control.IdlePeriod.ConfirmedUntil.Milliseconds);
                writer.WriteInt64(control.IdlePeriod.OutOfOrderness);
                break;
            case ControlKind.Barrier:
                writer.WriteInt64(control.Checkpoint.Number);
                break;
            case ControlKind.Active or ControlKind.End:
                break;
            default:
                throw new InvalidOperationException($"A control element of kind {control.Kind} cannot be written.");
        }

        if (ChannelElement.CountsRows(control.Kind))
        {
            writer.WriteInt64(rows);
        }
    }

    private static ChannelElement ReadControl(CodecReader reader, ControlKind kind)
    {
        Control control = ReadControlOf(reader, kind);
        return ChannelElement.Of(control, ChannelElement.CountsRows(kind) ? reader.ReadInt64(0, long.MaxValue) : 0);
    }

    private static Control ReadControlOf(CodecReader reader, ControlKind kind) => kind switch
    {
        ControlKind.Watermark => Control.Advance(ReadTime(reader)),
        ControlKind.Idle => Control.Idle(new IdlePeriod(ReadTime(reader), ReadTime(reader), reader.ReadInt64())),
        ControlKind.Barrier => Control.Barrier(new CheckpointId(reader.ReadInt64())),
        ControlKind.Active => Control.Active,
        ControlKind.End => Control.End,
        _ => throw reader.Damaged($"a channel element of kind {(byte)kind}"),
    };

    private static EventTime ReadTime(CodecReader reader) => new(reader.ReadInt64());
}
