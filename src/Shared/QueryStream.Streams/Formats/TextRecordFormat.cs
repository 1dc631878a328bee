using System.Buffers;
using System.Text.Unicode;
using QueryStream.Core.Texts;

namespace QueryStream.Streams.Formats;

/// <summary>A record is UTF-8 text.</summary>
public sealed class TextRecordFormat : RecordFormat<Text>
{
    /// <inheritdoc/>
    public override RecordDecoder<Text> CreateDecoder() => new Decoder();

    /// <inheritdoc/>
    public override RecordEncoder<Text> CreateEncoder() => new Encoder();

    private sealed class Decoder : RecordDecoder<Text>
    {
        private readonly TextArena _texts = new();

        protected override DecodeResult Read(in SourceRecord record)
        {
            if (!Utf8.IsValid(record.Value))
            {
                return DecodeResult.Reject(RejectReasons.InvalidUtf8, "the text is not UTF-8");
            }

            Add(_texts.Add(record.Value));
            return DecodeResult.Ok;
        }
    }

    private sealed class Encoder : RecordEncoder<Text>
    {
        public override void Encode(in Text row, IBufferWriter<byte> output) => output.Write(row.Bytes);
    }
}

/// <summary>A record is unchanged bytes.</summary>
public sealed class BytesRecordFormat : RecordFormat<byte[]>
{
    /// <inheritdoc/>
    public override RecordDecoder<byte[]> CreateDecoder() => new Decoder();

    /// <inheritdoc/>
    public override RecordEncoder<byte[]> CreateEncoder() => new Encoder();

    private sealed class Decoder : RecordDecoder<byte[]>
    {
        protected override DecodeResult Read(in SourceRecord record)
        {
            Add(record.Value.ToArray());
            return DecodeResult.Ok;
        }
    }

    private sealed class Encoder : RecordEncoder<byte[]>
    {
        public override void Encode(in byte[] row, IBufferWriter<byte> output) => output.Write(row);
    }
}
