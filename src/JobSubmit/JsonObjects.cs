using System.Text.Json;

namespace QueryStream.JobSubmit;

/// <summary>Writes lists of objects, which all JSON of the command line consists of.</summary>
internal static class JsonObjects
{
    /// <summary>Writes an array of objects.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="name">The name of the array.</param>
    /// <param name="all">What is written.</param>
    /// <param name="write">Writes the members of one object.</param>
    public static void WriteObjects<T>(this Utf8JsonWriter json, string name, IEnumerable<T> all, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (T one in all)
        {
            json.WriteStartObject();
            write(json, one);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
