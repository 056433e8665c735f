#pragma once

#include <string_view>
#include <type_traits>

// Whether a class has a member of some name, public or not, of whatever type, however overloaded.
//
//   LATENT_MEMBER_NAME(MentionsGrain, grain)     makes the concept MentionsGrain<T>
//
// A class derived from T and from one with a member `grain` does not know which is meant, if T has one too. What is no
// class, or is final, is taken to have none. A class made from a template may have a member for some of its arguments
// alone (a requires-clause), which the name does not tell: there only a public member that is not overloaded is found.

namespace latent {

// By its name, which then has brackets.
template <class T>
consteval bool made_from_template() {
  constexpr std::string_view here = __PRETTY_FUNCTION__, before = "T = ";
  return here.substr(here.find(before) + before.size()).find_first_of("<[") != std::string_view::npos;
}

}  // namespace latent

#define LATENT_MEMBER_NAME(concept_name, member)                                  \
  struct concept_name##Alone {                                                    \
    int member;                                                                   \
  };                                                                              \
  template <class T>                                                              \
  struct concept_name##Both : T, concept_name##Alone {};                          \
  template <class T>                                                              \
  concept concept_name = std::is_class_v<T> && !std::is_final_v<T> && !requires { \
    &concept_name##Both<T>::member;                                               \
  }                                                                               \
  &&(!latent::made_from_template<T>() || requires { &T::member; });
