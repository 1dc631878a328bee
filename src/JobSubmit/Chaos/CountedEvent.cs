using System.Text.Json;

namespace QueryStream.JobSubmit.Chaos;

/// <summary>An event with its running count, as the job writes it to the topic and, for the newest event of each key, to Redis.</summary>
/// <param name="Key">The key.</param>
/// <param name="Number">The event.</param>
/// <param name="Count">The running count.</param>
internal readonly record struct CountedEvent(string Key, long Number, long Count)
{
    /// <summary>Parses a counted event; null if it is something else. Independent of the job's code, which is under test.</summary>
    public static CountedEvent? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            Utf8JsonReader reader = new(json);
            string? key = null;
            long? number = null, count = null;
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string? name = reader.GetString();
                reader.Read();
                switch (name)
                {
                    case "key":
                        key = reader.GetString();
                        break;
                    case "number":
                        number = reader.GetInt64();
                        break;
                    case "count":
                        count = reader.GetInt64();
                        break;
                    default:
                        return null;
                }
            }

            return key is not null && number is not null && count is not null ? new CountedEvent(key, number.Value, count.Value) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}

/// <summary>A record of the topic that the job has written.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="Event">Its value; null if it is no counted event.</param>
internal readonly record struct OutputRecord(int Partition, long Offset, CountedEvent? Event);
