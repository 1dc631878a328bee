using System.Text.Unicode;
using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>Decodes records with a value as updates of the row of their key, tombstones as deletes of that row.</summary>
/// <param name="rows">Decodes the values.</param>
/// <param name="deleted">Creates the row of a delete from its key.</param>
internal sealed class ChangelogFormat<T>(RecordFormat<T> rows, Func<Text, T> deleted) : RecordFormat<Change<T>>
{
    public override RecordDecoder<Change<T>> CreateDecoder() => new Decoder(rows.CreateDecoder(), deleted);

    private sealed class Decoder(RecordDecoder<T> rows, Func<Text, T> deleted) : RecordDecoder<Change<T>>
    {
        private readonly TextArena _keys = new();

        public override bool ReadsNullValues => true;

        protected override DecodeResult Read(in SourceRecord record)
        {
            if (record.Key.IsEmpty)
            {
                return DecodeResult.Reject("missing-key", "the record has no key, so it changes no row");
            }

            return record.HasValue ? ReadValue(record) : ReadTombstone(record);
        }

        private DecodeResult ReadValue(in SourceRecord record)
        {
            DecodeResult result = rows.Decode(record, out ReadOnlySpan<T> decoded);
            foreach (T row in decoded)
            {
                Add(Change.UpdateAfter(row));
            }

            return result;
        }

        private DecodeResult ReadTombstone(in SourceRecord record)
        {
            if (!Utf8.IsValid(record.Key))
            {
                return DecodeResult.Reject(RejectReasons.InvalidUtf8, "the key of the tombstone is not UTF-8");
            }

            Add(Change.Delete(deleted(_keys.Add(record.Key))));
            return DecodeResult.Ok;
        }
    }
}
