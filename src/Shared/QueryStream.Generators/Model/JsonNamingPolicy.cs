using System.Text;

namespace QueryStream.Generators.Model;

/// <summary>Converts member names to JSON names, like the policies of System.Text.Json.</summary>
internal static class JsonNamingPolicy
{
    /// <param name="name">The member's name.</param>
    /// <param name="naming">The value of the attribute's enum.</param>
    public static string Convert(string name, int naming) => naming switch
    {
        0 => CamelCase(name),
        1 => SnakeCase(name),
        _ => name,
    };

    private static string CamelCase(string name)
    {
        char[] characters = name.ToCharArray();
        for (int i = 0; i < characters.Length && (i != 1 || char.IsUpper(characters[i])); i++)
        {
            // The last capital before a lower-case letter starts the next word.
            if (i > 0 && i + 1 < characters.Length && !char.IsUpper(characters[i + 1]))
            {
                break;
            }

            characters[i] = char.ToLowerInvariant(characters[i]);
        }

        return new string(characters);
    }

    private static string SnakeCase(string name)
    {
        StringBuilder text = new();
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            if (char.IsUpper(c) && i > 0 && name[i - 1] != '_')
            {
                bool isAfterSmall = !char.IsUpper(name[i - 1]);
                bool isBeforeSmall = i + 1 < name.Length && char.IsLower(name[i + 1]);
                if (isAfterSmall || isBeforeSmall)
                {
                    text.Append('_');
                }
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
