using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace QueryStream.JobSubmit.Commands;

/// <summary>One JSON object, as commands print it with <c>--json</c>.</summary>
internal static class JsonText
{
    // Names in every language stay readable: what is printed is never part of a page.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an object.</summary>
    /// <param name="write">Writes its members.</param>
    public static string Of(Action<Utf8JsonWriter> write)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, Readable))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
