using QueryStream.Core.Texts;
using QueryStream.Streams.Formats;

namespace QueryStream.Streams;

/// <summary>Formats of rows that are texts or bytes.</summary>
public static class RecordFormats
{
    /// <summary>A record is a text in UTF-8; of a file, a line.</summary>
    public static SourceStream<Text> Text(this RecordSource<Text> source) => source.Format(new TextRecordFormat());

    /// <summary>A record is bytes, as they are; of a file, those of a line.</summary>
    public static SourceStream<byte[]> Bytes(this RecordSource<byte[]> source) => source.Format(new BytesRecordFormat());

    /// <summary>Writes texts in UTF-8. A text that is missing is written as an empty one.</summary>
    public static StreamSink Text(this RecordSink<Text> sink) => sink.Format(new TextRecordFormat());

    /// <summary>Writes bytes as they are.</summary>
    public static StreamSink Bytes(this RecordSink<byte[]> sink) => sink.Format(new BytesRecordFormat());
}
