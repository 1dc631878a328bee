using QueryStream.Core.Texts;
using QueryStream.Streams.Formats;

namespace QueryStream.Streams;

/// <summary>The formats of texts and bytes.</summary>
public static class RecordFormats
{
    /// <summary>Records are UTF-8 text; in a file, lines.</summary>
    public static SourceStream<Text> Text(this RecordSource<Text> source) => source.Format(new TextRecordFormat());

    /// <summary>Records are unchanged bytes; in a file, those of a line.</summary>
    public static SourceStream<byte[]> Bytes(this RecordSource<byte[]> source) => source.Format(new BytesRecordFormat());

    /// <summary>Writes texts in UTF-8. A missing text is written as an empty one.</summary>
    public static StreamSink Text(this RecordSink<Text> sink) => sink.Format(new TextRecordFormat());

    /// <summary>Writes bytes unchanged.</summary>
    public static StreamSink Bytes(this RecordSink<byte[]> sink) => sink.Format(new BytesRecordFormat());
}
