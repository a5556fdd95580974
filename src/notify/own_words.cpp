#include "notify/own_words.h"

#include <algorithm>
#include <array>

namespace monitorix::notify {
namespace {

constexpr std::size_t kTopics = 8;
struct Language {
  std::string_view code;
  std::array<OwnWords, kTopics> topics;
};

constexpr std::array<Language, 7> kLanguages{
    {{"en",
      {{{"isolated", "Host is cut off from the network",
         "None of the places answers that tell whether the network is there.",
         "Look at the network of the server that Monitorix runs on. Of others nothing is known until it is back."},
        {"own_database", "Database cannot be written",
         "What happens is not stored, and messages about anything else wait.",
         "Look whether the database runs, and whether its disk has room. Writing goes on by itself."},
        {"own_disk", "Disk is nearly full", "The file system with the data of Monitorix has little room left.",
         "Make room, give it a larger disk, or keep history for a shorter time under Settings > History."},
        {"own_lag", "Server is overloaded", "Monitorix is late by more than two seconds, again and again.",
         "Give it more of the processor, or check less often. What runs out of time meanwhile is unknown, not down."},
        {"own_outbox", "Messages do not go out", "A message has waited for more than a minute.",
         "Look at the channel and at what its receiver said. Monitorix goes on trying."},
        {"own_dead_letters", "Messages were given up", "A receiver refused them, or could not be reached for a day.",
         "Mend the channel and send them again under Channels > Deliveries, or resolve this when you have seen it."},
        {"own_privilege", "Ping is not permitted", "The operating system does not let Monitorix ping.",
         "Permit it as the guide to outbound checks says. Until then these checks are unknown."},
        {"token_rights", "Token may do more than read",
         "Monitorix only reads, and whoever steals the token could do more.",
         "Give the token the role PVEAuditor and nothing else."}}}},
     {"nb",
      {{{"isolated", "Verten er avskåret fra nettet", "Ingen av stedene som viser om nettet er der, svarer.",
         "Sjekk nettet på tjeneren som Monitorix kjører på. Til det er tilbake, er ingenting kjent om andre."},
        {"own_database", "Databasen kan ikke skrives til",
         "Det som skjer, blir ikke lagret, og meldinger om alt annet venter.",
         "Sjekk om databasen kjører, og om disken har plass. Skrivingen fortsetter av seg selv."},
        {"own_disk", "Disken er nesten full", "Filsystemet med dataene til Monitorix har lite plass igjen.",
         "Frigjør plass, gi det en større disk, eller behold historikken kortere under Innstillinger > Historikk."},
        {"own_lag", "Tjeneren er overbelastet", "Monitorix er gang på gang mer enn to sekunder forsinket.",
         "Gi den mer av prosessoren, eller sjekk sjeldnere. Det som går ut på tid imens, er ukjent, ikke nede."},
        {"own_outbox", "Meldinger kommer ikke av gårde", "En melding har ventet i mer enn ett minutt.",
         "Se på kanalen og på hva mottakeren svarte. Monitorix fortsetter å prøve."},
        {"own_dead_letters", "Meldinger ble gitt opp", "En mottaker avviste dem eller var borte i et døgn.",
         "Rett kanalen og send dem på nytt under Kanaler > Leveringer, eller løs dette når du har sett det."},
        {"own_privilege", "Ping er ikke tillatt", "Operativsystemet lar ikke Monitorix sende ping.",
         "Tillat det slik veiledningen om utgående sjekker sier. Til da er disse sjekkene ukjente."},
        {"token_rights", "Tokenet kan mer enn å lese",
         "Monitorix leser bare, og den som stjeler tokenet, kan gjøre mer.",
         "Gi tokenet rollen PVEAuditor og ingenting annet."}}}},
     {"sv",
      {{{"isolated", "Värden är avskuren från nätet", "Ingen av platserna som visar om nätet finns svarar.",
         "Kontrollera nätet på servern som Monitorix körs på. Tills det är tillbaka vet vi inget om andra."},
        {"own_database", "Databasen kan inte skrivas", "Det som händer lagras inte, och meddelanden om annat väntar.",
         "Kontrollera att databasen körs och att dess disk har plats. Skrivningen fortsätter av sig själv."},
        {"own_disk", "Disken är nästan full", "Filsystemet med Monitorix data har lite plats kvar.",
         "Frigör plats, ge det en större disk eller behåll historiken kortare under Inställningar > Historik."},
        {"own_lag", "Servern är överbelastad", "Monitorix är gång på gång mer än två sekunder sen.",
         "Ge den mer av processorn eller kontrollera mer sällan. Det som under tiden tar för lång tid är okänt, inte "
         "nere."},
        {"own_outbox", "Meddelanden går inte ut", "Ett meddelande har väntat i mer än en minut.",
         "Se på kanalen och vad mottagaren svarade. Monitorix fortsätter att försöka."},
        {"own_dead_letters", "Meddelanden gavs upp", "En mottagare avvisade dem eller var borta ett dygn.",
         "Rätta kanalen och skicka dem igen under Kanaler > Leveranser, eller lös detta när du har sett det."},
        {"own_privilege", "Ping är inte tillåtet", "Operativsystemet låter inte Monitorix skicka ping.",
         "Tillåt det som guiden om utgående kontroller säger. Tills dess är dessa kontroller okända."},
        {"token_rights", "Token får mer än läsa", "Monitorix läser bara, och den som stjäl token kan göra mer.",
         "Ge token rollen PVEAuditor och inget annat."}}}},
     {"da",
      {{{"isolated", "Værten er afskåret fra nettet", "Ingen af de steder, der viser, om nettet er der, svarer.",
         "Se på nettet på den server, Monitorix kører på. Indtil det er tilbage, vides intet om andre."},
        {"own_database", "Der kan ikke skrives til databasen",
         "Det, der sker, bliver ikke gemt, og beskeder om alt andet venter.",
         "Se, om databasen kører, og om dens disk har plads. Skrivningen fortsætter af sig selv."},
        {"own_disk", "Disken er næsten fuld", "Filsystemet med Monitorix' data har kun lidt plads tilbage.",
         "Skaf plads, giv det en større disk, eller gem historikken kortere under Indstillinger > Historik."},
        {"own_lag", "Serveren er overbelastet", "Monitorix er gang på gang mere end to sekunder forsinket.",
         "Giv den mere af processoren, eller kontrollér sjældnere. Det, der imens varer for længe, er ukendt, ikke "
         "nede."},
        {"own_outbox", "Beskeder kommer ikke af sted", "En besked har ventet i mere end et minut.",
         "Se på kanalen og på, hvad modtageren svarede. Monitorix bliver ved med at prøve."},
        {"own_dead_letters", "Beskeder blev opgivet", "En modtager afviste dem eller var væk i et døgn.",
         "Ret kanalen, og send dem igen under Kanaler > Leveringer, eller løs dette, når du har set det."},
        {"own_privilege", "Ping er ikke tilladt", "Operativsystemet lader ikke Monitorix sende ping.",
         "Tillad det, som vejledningen om udgående kontroller siger. Indtil da er disse kontroller ukendte."},
        {"token_rights", "Tokenet må mere end læse", "Monitorix læser kun, og den, der stjæler tokenet, kan gøre mere.",
         "Giv tokenet rollen PVEAuditor og intet andet."}}}},
     {"fi",
      {{{"isolated", "Palvelin on irti verkosta", "Mikään paikoista, jotka kertovat verkon toimivan, ei vastaa.",
         "Tarkista Monitorixin palvelimen verkko. Ennen sen paluuta muista ei tiedetä mitään."},
        {"own_database", "Tietokantaan ei voi kirjoittaa",
         "Tapahtumia ei tallenneta, ja viestit kaikesta muusta odottavat.",
         "Tarkista, että tietokanta on käynnissä ja että sen levyllä on tilaa. Kirjoitus jatkuu itsestään."},
        {"own_disk", "Levy on melkein täynnä", "Monitorixin tietojen tiedostojärjestelmässä on vähän tilaa.",
         "Vapauta tilaa, hanki suurempi levy tai säilytä historiaa lyhyemmän ajan kohdassa Asetukset > Historia."},
        {"own_lag", "Palvelin on ylikuormitettu", "Monitorix on toistuvasti yli kaksi sekuntia myöhässä.",
         "Anna sille enemmän suoritinaikaa tai tarkista harvemmin. Sillä välin aikakatkaistu on tuntematon, ei "
         "alhaalla."},
        {"own_outbox", "Viestit eivät lähde", "Viesti on odottanut yli minuutin.",
         "Tarkista kanava ja vastaanottajan vastaus. Monitorix yrittää edelleen."},
        {"own_dead_letters", "Viestejä jäi toimittamatta", "Vastaanottaja hylkäsi ne tai oli poissa vuorokauden.",
         "Korjaa kanava ja lähetä ne uudelleen kohdassa Kanavat > Toimitukset, tai ratkaise tämä nähtyäsi sen."},
        {"own_privilege", "Ping ei ole sallittu", "Käyttöjärjestelmä ei salli Monitorixin lähettää pingiä.",
         "Salli se lähtevien tarkistusten ohjeen mukaan. Siihen asti nämä tarkistukset ovat tuntemattomia."},
        {"token_rights", "Tunniste saa muutakin kuin lukea",
         "Monitorix vain lukee, ja tunnisteen varastanut voisi tehdä enemmän.",
         "Anna tunnisteelle rooli PVEAuditor eikä muuta."}}}},
     {"fr",
      {{{"isolated", "L’hôte est coupé du réseau", "Aucun des points qui indiquent si le réseau est là ne répond.",
         "Vérifiez le réseau du serveur de Monitorix. D’ici son retour, on ne sait rien des autres."},
        {"own_database", "La base de données refuse les écritures",
         "Ce qui se passe n’est pas enregistré, et les autres messages attendent.",
         "Vérifiez que la base fonctionne et que son disque a de la place. L’écriture reprend d’elle-même."},
        {"own_disk", "Le disque est presque plein",
         "Le système de fichiers des données de Monitorix est presque plein.",
         "Libérez de la place, agrandissez le disque ou gardez l’historique moins longtemps dans Paramètres > "
         "Historique."},
        {"own_lag", "Le serveur est surchargé", "Monitorix a sans cesse plus de deux secondes de retard.",
         "Donnez-lui plus de processeur ou vérifiez moins souvent. Ce qui expire entre-temps est inconnu, pas en "
         "panne."},
        {"own_outbox", "Les messages ne partent pas", "Un message attend depuis plus d’une minute.",
         "Regardez le canal et la réponse du destinataire. Monitorix continue d’essayer."},
        {"own_dead_letters", "Des messages ont été abandonnés",
         "Un destinataire les a refusés ou est resté injoignable une journée.",
         "Réparez le canal et renvoyez-les dans Canaux > Envois, ou clôturez ceci une fois que vous l’avez vu."},
        {"own_privilege", "Le ping n’est pas autorisé", "Le système d’exploitation interdit le ping à Monitorix.",
         "Autorisez-le comme l’indique le guide des vérifications sortantes. D’ici là, elles sont inconnues."},
        {"token_rights", "Le jeton peut plus que lire",
         "Monitorix ne fait que lire ; qui volerait le jeton pourrait davantage.",
         "Donnez au jeton le rôle PVEAuditor et rien d’autre."}}}},
     {"de",
      {{{"isolated", "Der Host ist vom Netz abgeschnitten",
         "Keiner der Orte antwortet, die zeigen, ob das Netz da ist.",
         "Prüfen Sie das Netz des Servers, auf dem Monitorix läuft. Bis es zurück ist, ist von anderen nichts "
         "bekannt."},
        {"own_database", "Die Datenbank lässt sich nicht beschreiben",
         "Was geschieht, wird nicht gespeichert, und Nachrichten über alles andere warten.",
         "Prüfen Sie, ob die Datenbank läuft und ihre Festplatte Platz hat. Geschrieben wird von selbst weiter."},
        {"own_disk", "Die Festplatte ist fast voll", "Im Dateisystem mit den Daten von Monitorix ist wenig Platz.",
         "Schaffen Sie Platz, oder bewahren Sie den Verlauf unter Einstellungen > Verlauf kürzer auf."},
        {"own_lag", "Der Server ist überlastet", "Monitorix ist immer wieder mehr als zwei Sekunden zu spät.",
         "Geben Sie ihm mehr Prozessor, oder prüfen Sie seltener. Was solange nicht rechtzeitig antwortet, gilt als "
         "unbekannt, nicht als ausgefallen."},
        {"own_outbox", "Nachrichten gehen nicht hinaus", "Eine Nachricht wartet seit mehr als einer Minute.",
         "Sehen Sie nach dem Kanal und nach der Antwort des Empfängers. Monitorix versucht es weiter."},
        {"own_dead_letters", "Nachrichten wurden aufgegeben",
         "Ein Empfänger hat sie abgelehnt oder war einen Tag nicht zu erreichen.",
         "Richten Sie den Kanal, und senden Sie sie unter Kanäle > Zustellungen erneut, oder beenden Sie dies, wenn "
         "Sie es gesehen haben."},
        {"own_privilege", "Ping ist nicht erlaubt", "Das Betriebssystem lässt Monitorix keine Pings senden.",
         "Erlauben Sie es wie in der Anleitung zu ausgehenden Prüfungen. Bis dahin sind diese Prüfungen unbekannt."},
        {"token_rights", "Das Token darf mehr als lesen", "Monitorix liest nur; wer das Token stiehlt, könnte mehr.",
         "Geben Sie dem Token die Rolle PVEAuditor und sonst nichts."}}}}}};

}  // namespace

const OwnWords* own_words_of(std::string_view language, std::string_view alert_type) {
  const auto known = std::ranges::find(kLanguages, language, &Language::code);
  const auto& topics = (known == kLanguages.end() ? kLanguages.front() : *known).topics;
  const auto found = std::ranges::find(topics, alert_type, &OwnWords::alert_type);
  return found == topics.end() ? nullptr : &*found;
}

}  // namespace monitorix::notify
